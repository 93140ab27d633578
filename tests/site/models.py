"""Models with files. Their storage is the default one, which a fixture configures."""

from django.db import models


class Document(models.Model):
    """A file of any kind."""

    title = models.CharField(max_length=100, blank=True)
    file = models.FileField(upload_to="documents/", max_length=100)

    def __str__(self) -> str:
        return self.title


class Photo(models.Model):
    """A picture whose size Django keeps beside it."""

    image = models.ImageField(upload_to="photos/", width_field="width", height_field="height", blank=True)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)

    def __str__(self) -> str:
        return self.image.name or ""


def pigeonhole(letter: models.Model, filename: str) -> str:
    """A folder that only the row knows."""
    return f"letters/{getattr(letter, 'title', '')}/{filename}"


class Letter(models.Model):
    """Files whose place depends on the row, or on the date."""

    title = models.CharField(max_length=100)
    scan = models.FileField(upload_to=pigeonhole, max_length=100, blank=True)
    portrait = models.ImageField(upload_to="portraits/%Y", blank=True)

    def __str__(self) -> str:
        return self.title
