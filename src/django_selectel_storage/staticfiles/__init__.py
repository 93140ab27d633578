"""Opt-in: a ``collectstatic`` that hashes locally, compares with one listing and uploads side by side.

List ``"django_selectel_storage.staticfiles"`` in INSTALLED_APPS before ``"django.contrib.staticfiles"``.
"""
