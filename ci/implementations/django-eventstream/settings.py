"""Django settings for adapter.py: only the package, and a separate database for each process."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()  # Deleted when the process ends.

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
