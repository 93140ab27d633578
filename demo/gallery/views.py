"""The four pages."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from demo.gallery.forms import UploadForm
from demo.gallery.models import Picture

PICTURES_ON_A_PAGE = 24


# Signed URLs expire: a page that a browser has kept shows nothing.
@never_cache
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All pictures, the latest first."""
    page = Paginator(Picture.objects.all(), PICTURES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "gallery/gallery.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form for a new picture."""
    form = UploadForm(request.POST or None, request.FILES or None)
    new = hung(form) if form.is_valid() else None
    if new is not None:
        messages.success(request, f"“{new}” hangs in the gallery now.")
        return redirect(new)
    return render(request, "gallery/upload.html", {"form": form})


def hung(form: UploadForm) -> Picture | None:
    """The new picture; None when the storage did not take it, which the form then tells."""
    try:
        return form.hang()
    except OSError as error:
        form.add_error(None, f"The storage did not take the picture: {error}")
        return None


@never_cache
@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """One picture, and what is known of it."""
    found = get_object_or_404(Picture, pk=pk)
    return render(request, "gallery/picture.html", {"picture": found, "size": found.stored_size()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The question whether a picture shall go, and its going."""
    found = get_object_or_404(Picture, pk=pk)
    if request.method != "POST":
        return render(request, "gallery/delete.html", {"picture": found})
    found.take_down()
    messages.success(request, f"“{found}” is deleted, here and in the storage.")
    return redirect("gallery")
