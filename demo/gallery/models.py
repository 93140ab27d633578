"""The picture, and what its file tells."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Picture(models.Model):
    """A picture with a title. Its dimensions are kept beside it, so that no page has to fetch the file for them."""

    title = models.CharField(max_length=100)
    image = models.ImageField(upload_to="pictures", max_length=255, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects: models.Manager[Picture] = models.Manager()

    class Meta:
        app_label = "gallery"
        ordering = ("-uploaded_at", "-pk")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("picture", args=(self.pk,))

    def stored_size(self) -> int | None:
        """The size in bytes, as the storage knows it; None when it has no such file."""
        try:
            return self.image.size
        except FileNotFoundError:
            return None

    def take_down(self) -> None:
        """Delete the picture and its file. The file goes first: should that fail, there still is a row to try again."""
        self.image.delete(save=False)
        self.delete()
