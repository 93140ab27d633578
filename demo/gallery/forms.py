"""What a visitor may send."""

from __future__ import annotations

from pathlib import PurePath

from django import forms

from demo.gallery.models import Picture
from django_selectel_storage.uploads.forms import DirectImageField

TITLE_LENGTH = 100


class UploadForm(forms.Form):
    """A picture; without a title it is called as its file."""

    image = DirectImageField(
        target="gallery.Picture.image",
        label="Picture",
        help_text="JPEG, PNG, WebP, GIF or any other kind that Pillow reads. It goes straight into the container.",
    )
    title = forms.CharField(
        max_length=TITLE_LENGTH, required=False, help_text="Left empty, it is made of the file's name."
    )

    def hang(self) -> Picture:
        """Store the picture; Django's default storage takes the file."""
        image = self.cleaned_data["image"]
        return Picture.objects.create(title=self.cleaned_data["title"] or title_of(image.name), image=image)


def title_of(name: str) -> str:
    """A title made of a file's name."""
    words = " ".join(PurePath(name).stem.replace("_", " ").replace("-", " ").split())
    return (words[:1].upper() + words[1:TITLE_LENGTH]).strip() or "Untitled"
