"""Django's settings for adapter.py: just the package, and a database of its own for each process."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()  # Goes when the process ends.

SECRET_KEY = "of no worth"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "__main__"
INSTALLED_APPS = ["django_eventstream"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.path.join(folder.name, "events.sqlite3"),
        "OPTIONS": {"init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EVENTSTREAM_STORAGE_CLASS = "django_eventstream.storage.DjangoModelStorage"
EVENTSTREAM_CHANNELMANAGER_CLASS = "__main__.ChannelManager"
