from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('live', '0002_editing_sessions'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='turned_away',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
