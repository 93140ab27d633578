from django.contrib import admin
from django.urls import include, path

from demo.gallery import views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("upload/", views.upload, name="upload"),
    path("pictures/<int:pk>/", views.picture, name="picture"),
    path("pictures/<int:pk>/delete/", views.delete, name="delete"),
    path("uploads/", include("django_selectel_storage.uploads.urls")),
    path("admin/", admin.site.urls),
]
