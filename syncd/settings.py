"""Settings from the environment (SYNCD_…); secrets also from files (SYNCD_…_FILE), as containers hand them over."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from urllib.request import getproxies

from pydantic import AfterValidator, BeforeValidator, DirectoryPath, Field, FilePath, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from connectors.addresses import why_unsafe
from connectors.scrubber import know
from syncd.address import HOST, LAST_PORT, PORT, Address
from syncd.document import wording
from syncd.errors import ConfigError
from syncd.model.keeping import Keep
from syncd.secrecy import Pem, RandomSecret, Secret, SecretUrl, SigningKey, SmtpUrl, secrets_in
from syncd.text_file import text_of

PREFIX = "SYNCD_"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LARGEST = 1_000_000  # bytes of a file that holds one value
_LIKE = 0.78  # how alike a variable and a setting are that are meant to be one: SYNCD_HTTPPORT, SYNCD_PORT


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _safe(url: str) -> str:
    if why := why_unsafe(url):
        raise ValueError(why)
    return url


def _whole(url: str) -> str:
    """An address as it stands in the browser's line, and nothing behind it: every page has its own path."""
    parts = urlsplit(url)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "scheme, host and port alone, such as https://syncd.example.com: pages have paths of their own"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _called(url: str) -> str:
    """An address that a system calls: what stands behind `?` would be no part of ours."""
    parts = urlsplit(url)
    if parts.query or parts.fragment or not parts.path.strip("/"):
        raise ValueError(
            "scheme, host and path, and nothing behind it, such as https://syncd.example.com/hooks/hubspot"
        )
    return url


def _mailbox(text: str) -> str:
    from syncd.model.addresses import is_address  # the library, for who sends mail

    if not is_address(text):
        raise ValueError("it is no address of e-mail")
    return text


def _moment(text: str) -> str:
    if not re.fullmatch(rf"({'|'.join(WEEKDAYS)}) ([01]\d|2[0-3]):[0-5]\d", text.casefold()):
        raise ValueError("a day and a time are expected, such as `monday 07:00`")
    return text.casefold()


def _versioned(text: str) -> str:
    if not re.fullmatch(r"\d{2,3}\.0", text):
        raise ValueError("a version is written like 68.0")
    return text


def _certificates(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # SSLError is one
        raise ValueError("the file holds no certificates in PEM form") from error
    return path


def _long_enough(days: int) -> int:
    if 0 < days < SHORTEST:
        raise ValueError(f"0 keeps for ever, and less than {SHORTEST} days is too short to find out what went wrong")
    return days


def _with_files(folder: Path) -> Path:
    """A folder that was named holds something: of an empty one, everything would be taken as shipped, silently."""
    if not any(file.is_file() for file in folder.rglob("*")):
        raise ValueError(f"{folder} holds no file: put what is yours there, or take the variable away")
    return folder


Url = Annotated[str, Field(pattern="^https?://"), AfterValidator(_safe)]
Secure = Annotated[str, Field(pattern="^https://"), AfterValidator(_safe)]  # the Salesforce client speaks nothing else
Authorities = Annotated[FilePath, AfterValidator(_certificates)]
SHORTEST = 30  # days that anything is kept
MOST_KEPT = 10_000  # backups: one a night for 27 years
DAY, WEEK = 86_400, 10_080  # seconds, minutes
KEEP = Keep()
Days = Annotated[int, Field(ge=0, le=36_500), AfterValidator(_long_enough)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Mailboxes = Annotated[tuple[Mailbox, ...], NoDecode, BeforeValidator(_split)]
Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Everything that differs from one installation to the next; where none stands, the connector knows its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    database_url: str = Field(
        default="sqlite:///syncd.db", repr=False, description="SQLite file or PostgreSQL URL of the store"
    )

    hubspot_url: Url | None = Field(default=None, description="HubSpot's API")
    hubspot_api: Literal["dated", "numbered"] = Field(
        default="dated",
        description="`numbered`: HubSpot's old API versions, v1 to v4, where there are dated ones; they end in 2027",
    )
    hubspot_token: Secret | None = Field(default=None, description="a service key, or an app's access token")
    hubspot_client_id: str | None = Field(default=None, description="OAuth app's client id, in place of a token")
    hubspot_client_secret: Secret | None = Field(default=None, description="OAuth app's client secret")
    hubspot_refresh_token: Secret | None = Field(default=None, description="OAuth app's refresh token of the portal")
    hubspot_webhook_secret: Secret | None = Field(
        default=None, description="client secret of the app whose webhooks call syncd; none: nobody is listened to"
    )
    hubspot_webhook_url: Annotated[Url, AfterValidator(_called)] | None = Field(
        default=None, description="the app's target URL, to the letter; default: SYNCD_HTTP_URL and /hooks/hubspot"
    )
    hubspot_webhook_app: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="the app's id: events of another one are passed over"
    )
    hubspot_requests_per_10s: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="stay below this burst; default: HubSpot's"
    )
    hubspot_lanes: Annotated[int, Field(ge=1, le=8)] = Field(
        default=1, description="id ranges of one object that a first load lists side by side, where calls are slow"
    )
    hubspot_writes: bool = Field(default=True, description="write qualification and the list of potential MQLs back")
    hubspot_settle_seconds: Annotated[float, Field(ge=0, le=DAY)] | None = Field(
        default=None, description="how long HubSpot's search index gets to catch up before a change is looked for"
    )

    salesforce_login_url: Secure | None = Field(
        default=None, description="My Domain, https://example.my.salesforce.com"
    )
    salesforce_client_id: str | None = Field(default=None, description="consumer key of the external client app")
    salesforce_client_secret: Secret | None = Field(default=None, description="for the client-credentials flow")
    salesforce_private_key: Pem | None = Field(default=None, description="PEM, for the JWT bearer flow")
    salesforce_username: str | None = Field(default=None, description="integration user, for the JWT bearer flow")
    salesforce_version: Annotated[str, AfterValidator(_versioned)] | None = Field(
        default=None, description="API version"
    )
    salesforce_currency: str | None = Field(
        default=None, pattern="^[A-Z]{3}$", description="ISO code of the amounts of an org that does not tell it itself"
    )

    ca_file: Authorities | None = Field(default=None, description="further certificate authorities to trust (PEM)")
    agreement: Path | None = Field(
        default=None, description="the signed agreement; default: agreement.yaml in SYNCD_MAPPINGS, else the example"
    )
    mappings: Annotated[DirectoryPath, AfterValidator(_with_files)] | None = Field(
        default=None, description="folder whose files replace the shipped mappings, words, tables, registers"
    )
    registers: Listed = Field(default=("fdic",), description="mapping files of the registers in use, by commas")
    without: Listed = Field(
        default=(), description="streams that portal or org do not grant and nobody misses: `hubspot.campaigns`"
    )

    interval_minutes: Annotated[float, Field(gt=0, le=WEEK)] = Field(
        default=15, description="from one cycle to the next"
    )
    late_after_minutes: Annotated[float, Field(gt=0, le=WEEK)] | None = Field(
        default=None,
        description="how old what was read of a stream may be; default: three intervals, an hour at least",
    )
    reconcile_at: time = Field(default=time(2, 30), description="daily full read, in the agreement's time zone")

    http_host: str = Field(
        default=HOST, description="where health, figures and the API are served; elsewhere than here it takes a token"
    )
    http_port: Annotated[int, Field(ge=0, le=LAST_PORT)] = Field(default=PORT, description="0 serves nothing")
    http_hosts: Listed = Field(
        default=(), description="further names that it is reached by, by commas: `syncd.example.com`"
    )
    http_token: RandomSecret | None = Field(
        default=None, description="who sends it may do everything over HTTP, under this name; none: nobody"
    )

    http_url: Annotated[Url, AfterValidator(_whole)] | None = Field(
        default=None, description="the address by which people reach the pages: `https://syncd.example.com`"
    )
    oidc_issuer: Url | None = Field(
        default=None, description="identity provider by which people sign in, as its own document writes it"
    )
    oidc_client_id: str | None = Field(default=None, description="client id of syncd there")
    oidc_client_secret: Secret | None = Field(default=None, description="client secret; none for a public client")
    oidc_scopes: str = Field(default="openid profile email", description="scopes that are asked for, by blanks")
    oidc_claim: str = Field(default="groups", description="claim of the identity token that grants rights")
    oidc_view: Listed = Field(default=(), description="values of that claim, exactly, that let look, by commas")
    oidc_operate: Listed = Field(default=(), description="values that let operate as well")
    oidc_administer: Listed = Field(default=(), description="values that let administer as well")

    name: str | None = Field(
        default=None, max_length=60, description="what this installation is called in alerts: `production`"
    )
    alert_webhook_url: SecretUrl | None = Field(default=None, description="where alerts are sent, signed")
    alert_webhook_secret: SigningKey | None = Field(
        default=None, description="what signs them: `whsec_` and 24 to 64 bytes in base64"
    )
    alert_slack_url: SecretUrl | None = Field(default=None, description="an incoming webhook of Slack's")
    alert_mail_to: Mailboxes = Field(default=(), description="who gets alerts by e-mail, by commas")
    alert_mail_from: Mailbox | None = Field(default=None, description="the sender; default: syncd at this machine")
    smtp_url: SmtpUrl | None = Field(
        default=None, description="who takes mail: `smtp://user:password@host:587`, or `smtps://…:465`"
    )
    alert_remind_hours: Annotated[float, Field(ge=0, le=WEEK)] = Field(
        default=24, description="after which what still stands is told again; 0: never"
    )

    pack_at: Annotated[str, AfterValidator(_moment)] | None = Field(
        default=None,
        description="when the Monday pack is sent, in each rep's time zone and for leaders in the agreement's: "
        "`monday 07:00`; none: only `syncd pack --send` sends it",
    )
    pack_leaders: Mailboxes = Field(default=(), description="both leaders, who get the whole pack by e-mail, by commas")
    pack_reps: Mailboxes = Field(
        default=(), description="reps who get their own pack by e-mail, by the addresses that Salesforce has of them"
    )
    pack_slack_url: SecretUrl | None = Field(
        default=None, description="an incoming webhook of Slack's: whoever reads that channel reads the leaders' pack"
    )

    keep_runs_days: Days = Field(default=KEEP.runs, description="what was done and ended well is kept; 0: for ever")
    keep_failed_runs_days: Days = Field(
        default=KEEP.failed_runs, description="what was done and did not end well is kept; 0: for ever"
    )
    keep_gone_days: Days = Field(
        default=KEEP.gone, description="raw records that their system does not show any more are kept; 0: for ever"
    )
    keep_activities_days: Days = Field(
        default=KEEP.activities,
        description="what people did is kept, as far as no rule rests on it; never shorter than the agreement looks "
        "back, plus a year for `agreement diff`; 0: for ever",
    )
    keep_snapshots_days: Days = Field(
        default=KEEP.snapshots, description="the audit's daily counts and closed gaps are kept; 0: for ever"
    )

    backup_dir: DirectoryPath | None = Field(
        default=None, description="folder into which the store is backed up every night; none: it is not"
    )
    backup_keep: Annotated[int, Field(ge=1, le=MOST_KEPT)] = Field(
        default=14, description="so many nightly backups stay in that folder"
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="least level logged")
    log_format: Literal["json", "text"] = Field(default="json", description="one JSON object a line, or text")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: Source,
        env_settings: Source,
        dotenv_settings: Source,
        file_secret_settings: Source,
    ) -> tuple[Source, ...]:
        """The environment alone: a file of variables that nobody can name is not looked for."""
        return init_settings, env_settings

    def model_post_init(self, _: Any) -> None:
        """Have the scrubber know every secret that is set, before anything is said."""
        know(*secrets_in(*(value for _, value in self), *getproxies().values()))

    @property
    def keep(self) -> Keep:
        """For how long what is kept."""
        return Keep(
            runs=self.keep_runs_days,
            failed_runs=self.keep_failed_runs_days,
            gone=self.keep_gone_days,
            activities=self.keep_activities_days,
            snapshots=self.keep_snapshots_days,
        )

    @property
    def address(self) -> Address:
        """Where the daemon listens."""
        return Address(self.http_host, self.http_port)


def read(environment: dict[str, str] | None = None) -> Settings:
    """Read the settings; raises ConfigError naming every variable that is wrong, never its value."""
    environment = dict(os.environ) if environment is None else environment
    if misspelt := _misspelt(environment):
        raise ConfigError("\n".join(misspelt))
    try:
        return Settings(**_from_files(environment), **_without_registers(environment))
    except ValidationError as error:
        problems = [f"{PREFIX}{'_'.join(map(str, one['loc'])).upper()}: {wording((), one)}" for one in error.errors()]
        raise ConfigError("\n".join(problems)) from None


def _without_registers(environment: dict[str, str]) -> dict[str, Any]:
    """No register, where the variable is there and empty: who sells to manufacturers wants no 4,339 banks."""
    empty = [name for name, value in environment.items() if name.upper() == f"{PREFIX}REGISTERS" and not value.strip()]
    from_file = any(name.upper() == f"{PREFIX}REGISTERS_FILE" and value for name, value in environment.items())
    return {"registers": ()} if empty and not from_file else {}


# What Kubernetes sets in every container beside a service called syncd: SYNCD_PORT=tcp://10.0.0.1:8080 and the like.
# https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
_OF_A_SERVICE = re.compile(r"SYNCD_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)")


_NEVER = {
    f"{PREFIX}FORCE": "never a setting: a person who has looked at the plan types --force",
    **dict.fromkeys(
        (f"{PREFIX}DRY_RUN", f"{PREFIX}READ_ONLY", f"{PREFIX}READONLY"),
        "never a setting: `syncd plan` shows what would be written and writes nothing",
    ),
    **dict.fromkeys(
        (f"{PREFIX}PAUSE", f"{PREFIX}PAUSED"), "never a setting: `syncd pause` has the daemon start no further cycles"
    ),
}


def _misspelt(environment: dict[str, str]) -> list[str]:
    """Say of each variable that is no setting, and looks like one, which one it is like.

    A misspelt `SYNCD_HUBSPOT_WRITES=false` that goes unseen writes on. What is like none may be another program's.
    """
    known, wrong = sorted(_known()), []
    for name in _unknown(environment):
        variable = name.upper()
        if why := _NEVER.get(variable.removesuffix("_FILE")):
            wrong.append(f"{name}: {why}")
        elif near := _nearest(variable, known):
            wrong.append(f"{name}: there is no such setting; did you mean {near}?")
    return wrong


def strange(environment: Mapping[str, str] | None = None) -> list[str]:
    """The variables that begin as settings do and are like none: another program's, or one that nobody heeds."""
    return _unknown(os.environ if environment is None else environment)


def _known() -> set[str]:
    return {f"{PREFIX}{name.upper()}{ending}" for name in Settings.model_fields for ending in ("", "_FILE")}


def _unknown(environment: Mapping[str, str]) -> list[str]:
    """The variables that begin as settings do and are none, without those that Kubernetes sets."""
    known, names = _known(), []
    for name, value in environment.items():
        variable = name.upper()
        of_a_service = _OF_A_SERVICE.fullmatch(variable) and (variable != "SYNCD_PORT" or "://" in value)
        if variable.startswith(PREFIX) and variable not in known and not of_a_service:
            names.append(name)
    return names


def _nearest(variable: str, known: list[str]) -> str | None:
    """The setting that has these words and more, or else begins so, or is spelled nearly so."""
    words = set(variable.split("_"))
    near = [name for name in known if len(words) > 2 and words < set(name.split("_"))]
    near += [name for name in known if name.startswith(f"{variable}_")]
    near += get_close_matches(variable, known, n=1, cutoff=_LIKE)
    if not near:  # SYNCD_WRITE_HUBSPOT: the words, in whatever order
        sorted_words = {"_".join(sorted(name.split("_"))): name for name in known}
        close = get_close_matches("_".join(sorted(words)), sorted_words, n=1, cutoff=_LIKE)
        near += [sorted_words[name] for name in close]
    return near[0] if near else None


def _from_files(environment: dict[str, str]) -> dict[str, Any]:
    """SYNCD_X_FILE names a file that holds SYNCD_X."""
    texts: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}_FILE"
        if not (path := environment.get(variable)):
            continue
        if environment.get(f"{PREFIX}{name.upper()}"):
            raise ConfigError(f"{variable} and {PREFIX}{name.upper()} are both set; keep one")
        texts[name] = _text_of(path, variable, secret=is_secret(name))
    return texts


def _text_of(path: str, variable: str, *, secret: bool) -> str:
    """The text of a file that a variable names. Raises ConfigError without a path that may be the secret itself."""
    named = "the file that it names" if secret else path
    text = text_of(Path(path), f"{variable}: {named}", _LARGEST).strip()
    if secret and not text:
        raise ConfigError(f"{variable}: {named} is empty")
    return text


def is_secret(name: str) -> bool:
    """Whether a setting is a secret: nothing shows its value, and the scrubber knows it."""
    return SecretStr in _parts(Settings.model_fields[name].annotation)


def _parts(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *(part for inner in get_args(annotation) for part in _parts(inner)))
