"""Mails as files, and reading them in the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.test import Client
from django.urls import reverse

from folkmoot.notify import mailbox
from folkmoot.notify.letter import letter


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_BACKEND = "folkmoot.notify.mailbox.MailFolder"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def test_each_mail_is_one_file_and_reads_as_it_was_sent(folder: Path) -> None:
    letter("A – ü\nsubject", "Hello.\n\n1234-5678\n\nhttp://x.example/a", ["a@example.org"],
           code="1234-5678").send()  # fmt: skip
    send_mail("Second", "Words", None, ["b@example.org"])
    mails, total = mailbox.newest(0, 10)
    assert total == len(list(folder.iterdir())) == 2
    assert [m.subject for m in mails] == ["Second", "A – ü subject"]
    first = mails[1]
    assert first.to == "a@example.org"
    assert first.text == "Hello.\n\n1234-5678\n\nhttp://x.example/a\n"
    assert '<a href="http://x.example/a">' in first.html


@pytest.mark.parametrize(
    "key", ["../secret-key", "x", "", "20260101T000000000000-0000000g", "/etc/passwd", "a" * 300]
)
def test_a_key_is_never_a_path(folder: Path, key: str) -> None:
    folder.mkdir(parents=True)
    (folder.parent / "secret-key.eml").write_text("Subject: secret\n\nx")
    assert mailbox.read(key) is None


def test_an_empty_or_missing_folder_is_an_empty_mailbox(folder: Path) -> None:
    assert mailbox.newest(0, 10) == ([], 0)
    assert "No mail yet" in Client().get(reverse("notify:mails")).content.decode()


def test_words_of_a_mail_are_shown_as_words(folder: Path) -> None:
    EmailMessage("<b>bold</b>", "<script>alert(1)</script>", None, ["a@example.org"]).send()
    (mail,), _total = mailbox.newest(0, 1)
    page = Client().get(reverse("notify:mail", args=[mail.key])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold" in page


def test_the_html_of_a_mail_stands_in_a_locked_frame(folder: Path) -> None:
    mail = EmailMultiAlternatives("Hi", "words", None, ["a@example.org"])
    mail.attach_alternative("<script>alert(1)</script><p style='color:red'>Hi</p>", "text/html")
    mail.send()
    (kept,), _total = mailbox.newest(0, 1)
    answer = Client().get(reverse("notify:mail-html", args=[kept.key]))
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    page = Client().get(reverse("notify:mail", args=[kept.key])).content.decode()
    assert "<iframe" in page
    assert "allow-scripts" not in page


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?bogus?q?x?=\nContent-Type: text/plain; charset=bogus\n\n\xff",
        b"Content-Type: multipart/alternative\n\nno boundary",
        b"Date: not a date\nTo: <<>>\nSubject: x\n\nwords",
    ],
)
def test_a_broken_file_breaks_no_page(folder: Path, raw: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "20260101T000000000000-00000000.eml").write_bytes(raw)
    client = Client()
    assert client.get(reverse("notify:mails")).status_code == 200
    assert (
        client.get(reverse("notify:mail", args=["20260101T000000000000-00000000"])).status_code
        == 200
    )


def test_outside_the_demo_there_is_no_mailbox(folder: Path, settings: Any) -> None:
    send_mail("Second", "Words", None, ["b@example.org"])
    (kept,), _total = mailbox.newest(0, 1)
    settings.DEMO = False
    for url in (
        reverse("notify:mails"),
        reverse("notify:mail", args=[kept.key]),
        reverse("notify:mail-html", args=[kept.key]),
    ):
        assert Client().get(url).status_code == 404
