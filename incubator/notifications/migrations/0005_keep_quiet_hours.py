from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The quiet hours that people chose stand with the rest of how they are reached."""
    reach = apps.get_model("notifications", "Reach")
    for hours in apps.get_model("notifications", "QuietHours").objects.all().iterator():
        reach.objects.create(user_id=hours.user_id, quiet_begin=hours.begin, quiet_end=hours.end)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_how_people_are_reached")]
    operations = [
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.DeleteModel("QuietHours"),
    ]
