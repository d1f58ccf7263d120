"""Alerts by e-mail: plain text, over TLS, to everybody who is named.

`smtps://` is TLS from the first byte (RFC 8314), `smtp://` asks for STARTTLS and goes on without it to this machine
alone.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.headerregistry import Address as Header
from email.message import EmailMessage
from email.policy import SMTP

from connectors.addresses import is_loopback
from syncd.alerts.channel import ANSWER, MEND_LATER, Undelivered
from syncd.alerts.words import subject, text
from syncd.model.alerts import Message
from syncd.receivers import Relay


@dataclass(frozen=True)
class Mail:
    """Everybody who is written to, by one relay."""

    relay: Relay
    sender: str
    to: tuple[str, ...]
    ca_file: str | None = None
    name: str = "mail"
    setting: str = "SYNCD_SMTP_URL"
    named_by: str = "SYNCD_ALERT_MAIL_TO"  # the setting that names the addresses

    def send(self, message: Message) -> tuple[str, str] | None:
        """Send a message; returns whose address was refused beside others. Raises Undelivered."""
        return self.deliver(letter(message, self.sender, self.to))

    def deliver(self, mail: EmailMessage) -> tuple[str, str] | None:
        """Send a letter to everybody who is named; returns and raises as `send` does."""
        try:
            with self._connected() as smtp:
                refused = smtp.send_message(mail, self.sender, list(self.to))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise self._undelivered(error) from None
        if not refused:
            return None
        return f"it refuses {len(refused)} of {len(self.to)} addresses", f"look at the addresses in {self.named_by}"

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        relay, name = self.relay, socket.gethostname()
        if relay.tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                relay.host, relay.port, local_hostname=name, timeout=ANSWER, context=context
            )
        else:
            smtp = smtplib.SMTP(relay.host, relay.port, local_hostname=name, timeout=ANSWER)
        try:
            self._prepare(smtp, context)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _prepare(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        relay = self.relay
        smtp.ehlo()
        if not relay.tls and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
        elif not relay.tls and not is_loopback(relay.host):
            mend = "have the relay offer STARTTLS, or use smtps://"
            raise Undelivered("it offers no TLS, and nothing is sent in the open", mend, broken=True)
        if relay.user:
            smtp.login(relay.user, relay.password)

    def _undelivered(self, error: Exception) -> Undelivered:
        """What went wrong, in our own words: a relay's may quote addresses and passwords."""
        match error:
            case smtplib.SMTPAuthenticationError():
                what, mend = f"it refuses user or password ({error.smtp_code})", f"mend them in {self.setting}"
                return Undelivered(what, mend, broken=True)
            case smtplib.SMTPRecipientsRefused():
                what, mend = "it refuses every address", f"look at the addresses in {self.named_by}"
                codes = [code for code, _ in error.recipients.values()]
                return Undelivered(what, mend, broken=all(code >= 500 for code in codes))
            case smtplib.SMTPSenderRefused():
                what = f"it refuses the sender ({error.smtp_code})"
                return Undelivered(what, "name a sender in SYNCD_ALERT_MAIL_FROM that it takes", broken=True)
            case smtplib.SMTPResponseException():
                code = error.smtp_code
                return Undelivered(f"it answers {code}", MEND_LATER, broken=code >= 500, refused=code >= 500)
            case smtplib.SMTPNotSupportedError():
                what = "it knows no way to sign in, or none that is safe"
                return Undelivered(what, f"look at {self.setting}: port 587 or 465, mostly", broken=True)
            case ssl.SSLError():
                mend = "have it renewed, or name its authority in SYNCD_CA_FILE"
                return Undelivered("its certificate is not trusted, or it speaks no TLS there", mend, broken=True)
            case TimeoutError():
                return Undelivered(f"it did not answer within {ANSWER:g} s", MEND_LATER)
            case _:
                mend = f"see whether it is up, and whether {self.setting} names it"
                return Undelivered("it cannot be reached", mend)


def letter(message: Message, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """The mail; its Message-ID is the same however often it is sent."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Header("syncd", addr_spec=sender)
    mail["To"] = ", ".join(to)
    mail["Subject"] = subject(message)
    mail["Date"] = message.at
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's "out of office" answers it
    mail.set_content(text(message))
    return mail
