"""A site has a front door and a catalogue from the first minute; Wagtail's welcome page goes."""

from django.db import migrations


def make_pages(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Locale = apps.get_model("wagtailcore", "Locale")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("home", "HomePage")
    CataloguePage = apps.get_model("courses", "CataloguePage")
    locale, _ = Locale.objects.get_or_create(language_code="id")
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    Page.objects.filter(depth=1).update(numchild=1, locale=locale)
    Locale.objects.exclude(pk=locale.pk).delete()
    home_type, _ = ContentType.objects.get_or_create(app_label="home", model="homepage")
    home = HomePage.objects.create(
        title="Pembinaan ASN", draft_title="Pembinaan ASN", slug="home", content_type=home_type, path="00010001", depth=2,
        numchild=1, url_path="/home/", locale=locale, lead="Belajar singkat untuk pelayanan yang lebih baik.",
    )
    catalogue_type, _ = ContentType.objects.get_or_create(app_label="courses", model="cataloguepage")
    CataloguePage.objects.create(
        title="Katalog", draft_title="Katalog", slug="katalog", content_type=catalogue_type, path="000100010001", depth=3,
        numchild=0, url_path="/home/katalog/", locale=locale, show_in_menus=True,
    )
    Site.objects.create(hostname="localhost", root_page_id=home.pk, is_default_site=True, site_name="Pembinaan ASN")


class Migration(migrations.Migration):
    dependencies = [("home", "0001_initial"), ("courses", "0002_initial"), ("wagtailcore", "0098_apitoken"), ("wagtailimages", "0001_initial"), ("wagtailforms", "0001_initial"), ("wagtailredirects", "0001_initial"), ("wagtailsearch", "0001_initial")]
    operations = [migrations.RunPython(make_pages, migrations.RunPython.noop)]
