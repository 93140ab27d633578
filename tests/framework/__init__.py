"""The storage inside Django: settings, models, migrations, forms, the admin, checks, the demo."""
