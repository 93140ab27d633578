"""The admin of the test site."""

from django.contrib import admin

from tests.site.models import Document, Photo

admin.site.register([Document, Photo])
