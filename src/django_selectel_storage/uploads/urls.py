"""The addresses of direct uploads, for ``include("django_selectel_storage.uploads.urls")``."""

from django.urls import path

from django_selectel_storage.uploads import views

app_name = "selectel_uploads"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("parts/", views.part_links, name="parts"),
    path("finish/", views.finish, name="finish"),
    path("cancel/", views.cancel, name="cancel"),
]
