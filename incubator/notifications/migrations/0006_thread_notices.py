"""Notices know what they are about; those that are there already learn it from their event."""

from django.conf import settings
from django.db import migrations, models

import incubator.lib.ids

FILL = """
UPDATE notifications_notification notice SET subject_id = event.subject_id
FROM notifications_delivery delivery JOIN outbox_event event ON event.id = delivery.event_id
WHERE delivery.id = notice.delivery_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_keep_quiet_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="subject_id",
            field=models.UUIDField(default=incubator.lib.ids.uuid7, editable=False, help_text="What it is about: notices of one thing are one thread."),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["user", "subject_id", "-id"], name="notifications_notice_thread"),
        ),
    ]
