//! One of each page, for tests.

use std::collections::BTreeMap;

use maud::Markup;

use super::*;
use crate::{
    model::{Brand, CatalogueScope, Colour, DeviceOutcome, FontStack, Text, Theme},
    types::{Country, Locale, Scope, Timestamp},
};

/// Markup, quotes and directions in one name.
pub(super) const HOSTILE: &str = "<script>\"'&{brand}</script>\u{202e}";

pub(super) const FORM: FormKey<'static> = FormKey {
    transaction: "tx-1",
    csrf: "csrf-1",
};

pub(super) fn brand() -> Brand {
    let colour = |text| Colour::parse(text).unwrap();
    Brand {
        name: "Urban Trend".to_owned(),
        monogram: "UT".to_owned(),
        logo: None,
        theme: Theme {
            primary: colour("#6a1b9a"),
            primary_dark: colour("#d7a8f2"),
            accent: colour("#4a148c"),
            radius: 10,
            font: FontStack::System,
        },
        privacy_uri: Some("https://urbantrend.example/privacy".to_owned()),
        terms_uri: Some("https://urbantrend.example/terms".to_owned()),
        support_uri: Some("https://urbantrend.example/help".to_owned()),
    }
}

pub(super) fn text(english: &str) -> Text {
    Text::new(BTreeMap::from([(Locale::En, english.to_owned())])).unwrap()
}

pub(super) fn scope(name: &str, label: &str, question: Option<&str>, optional: bool) -> CatalogueScope {
    CatalogueScope {
        scope: Scope::parse(name).unwrap(),
        version: 1,
        question: question.map(text),
        label: text(label),
        detail: Some(text("Read each time you sign in, until you remove it.")),
        optional,
        resource: None,
    }
}

pub(super) fn tier() -> CatalogueScope {
    let question = "Allow {app} to view your Trendy Rewards status?";
    scope(
        "loyalty.tier.read",
        "See your Trendy Rewards status",
        Some(question),
        false,
    )
}

pub(super) fn points() -> CatalogueScope {
    scope("loyalty.points.read", "See your points", None, true)
}

pub(super) fn consent_page<'a>(app: &'a str, asked: Vec<&'a CatalogueScope>) -> ConsentPage<'a> {
    ConsentPage {
        app,
        publisher: Some(app),
        leads_to: LeadsTo::Host("fashionboard.example"),
        purpose: Some("to show you prices for your tier"),
        policy_uri: Some("https://fashionboard.example/privacy"),
        tos_uri: Some("javascript:alert(1)"),
        masked_number: "+44 •••• ••0101",
        form: FORM,
        switch_href: "/login?tx=tx-1&switch=1",
        asked,
        already_allowed: Vec::new(),
    }
}

pub(super) fn code_page(problem: Option<CodeProblem>) -> CodePage<'static> {
    CodePage {
        app: "FashionBoard",
        form: FORM,
        masked_number: "+44 •••• ••0101",
        change_number_href: "/login?tx=tx-1&change=1",
        minutes_left: 5,
        resend_wait: Some(30),
        problem,
        resent: false,
    }
}

pub(super) fn phone_page(problem: Option<PhoneProblem>, countries: &[&'static Country]) -> Markup {
    phone_in(Locale::En, "FashionBoard", problem, countries)
}

fn phone_in(
    locale: Locale,
    app: &str,
    problem: Option<PhoneProblem>,
    countries: &[&'static Country],
) -> Markup {
    let page = PhonePage {
        app,
        form: FORM,
        value: "\"><b>",
        countries,
        problem,
        has_session_note: true,
        continue_as: Some("+44 •••• ••0101"),
    };
    with_shell(locale, |shell| phone(shell, &page))
}

/// Renders with a shell of the sample brand.
pub(super) fn with_shell(locale: Locale, render: impl FnOnce(&Shell<'_>) -> Markup) -> Markup {
    let languages = Locale::ALL.map(|l| (l, format!("/login?tx=tx-1&ui_locales={}", l.tag())));
    let brand = brand();
    render(&Shell {
        brand: &brand,
        locale,
        nonce: "n0nce",
        languages: &languages,
    })
}

/// Every page in a language, with names that may be hostile.
pub(super) fn every_page(locale: Locale, app: &str) -> Vec<(&'static str, String)> {
    let (tier, points) = (tier(), points());
    let iso = |iso| Country::by_iso(iso).unwrap();
    let mut consent_of = consent_page(app, vec![&tier, &points]);
    consent_of.already_allowed = vec![&points];
    let account_of = account_page(app, &tier);
    let back = Some((app, "https://fashionboard.example/"));
    let error_of = |cause| ErrorPage {
        cause,
        id: "E-7F3K2",
        back,
        retry_href: Some("/oauth2/auth?tx=tx-1"),
    };
    let logout = LogoutPage {
        csrf: "c",
        app: Some(app),
        masked_number: Some("+44 •••• ••0101"),
    };
    let mut pages = vec![
        ("phone", phone_in(locale, app, None, &[iso("GB")])),
        (
            "phone-problem",
            phone_in(
                locale,
                app,
                Some(PhoneProblem::Malformed),
                &[iso("GB"), iso("IN"), iso("AE")],
            ),
        ),
        ("code", with_shell(locale, |s| code(s, &code_page(None)))),
        (
            "code-problem",
            with_shell(locale, |s| {
                code(s, &code_page(Some(CodeProblem::Wrong { left: 3 })))
            }),
        ),
        ("consent", with_shell(locale, |s| consent(s, &consent_of))),
        (
            "consent-device",
            with_shell(locale, |s| {
                consent(
                    s,
                    &ConsentPage {
                        leads_to: LeadsTo::Device("WDJB-MJHT"),
                        ..consent_page(app, vec![&tier])
                    },
                )
            }),
        ),
        ("device", with_shell(locale, |s| device(s, &device_page(None)))),
        (
            "device-problem",
            with_shell(locale, |s| device(s, &device_page(Some(DeviceProblem::Wrong)))),
        ),
        ("account", with_shell(locale, |s| account(s, &account_of))),
        (
            "revoke",
            with_shell(locale, |s| {
                revoke(
                    s,
                    &RevokePage {
                        csrf: "c",
                        client: "fb",
                        name: app,
                    },
                )
            }),
        ),
        ("logout", with_shell(locale, |s| confirm_logout(s, &logout))),
        (
            "signed-out",
            with_shell(locale, |s| signed_out(s, &SignedOutPage { back })),
        ),
    ];
    pages.extend(
        ErrorCause::ALL.map(|cause| (cause.code(), with_shell(locale, |s| error(s, &error_of(cause))))),
    );
    let done = |outcome| DeviceDonePage { app, outcome };
    pages.extend(
        [
            DeviceOutcome::Allowed,
            DeviceOutcome::Denied,
            DeviceOutcome::TooLate,
        ]
        .map(|outcome| {
            (
                "device-done",
                with_shell(locale, |s| device_done(s, &done(outcome))),
            )
        }),
    );
    pages.extend(transfer_pages(locale, app));
    pages
        .into_iter()
        .map(|(name, markup)| (name, markup.into_string()))
        .collect()
}

pub(super) fn device_page(problem: Option<DeviceProblem>) -> DevicePage<'static> {
    DevicePage {
        form: FORM,
        value: if problem.is_some() { "\"><b>" } else { "WDJB-MJHT" },
        came_with_link: problem.is_none(),
        problem,
    }
}

fn transfer_pages(locale: Locale, app: &str) -> [(&'static str, Markup); 2] {
    let back = Some((app, "https://fashionboard.example/"));
    let declined = TransferDeclinedPage { back };
    [
        (
            "transfer",
            with_shell(locale, |s| transfer(s, &transfer_page(app))),
        ),
        (
            "transfer-declined",
            with_shell(locale, |s| transfer_declined(s, &declined)),
        ),
    ]
}

pub(super) fn transfer_page(app: &str) -> TransferPage<'_> {
    TransferPage {
        form: FORM,
        app,
        masked_number: "+44 •••• ••0101",
        partner: Some(app),
        replaces: Some("+44 •••• ••0102"),
    }
}

pub(super) fn account_page<'a>(app: &'a str, scope: &'a CatalogueScope) -> AccountPage<'a> {
    let line = |id, current| SessionLine {
        id,
        device: "Firefox on Linux",
        started: Timestamp(1_795_305_600),
        last_seen: Timestamp(1_795_395_600),
        current,
    };
    AccountPage {
        csrf: "csrf-1",
        masked_number: "+44 •••• ••0101",
        apps: vec![ConnectedApp {
            client: "fashionboard",
            name: app,
            uri: Some("https://fashionboard.example/"),
            scopes: vec![scope],
            since: Timestamp(1_795_305_600),
        }],
        sessions: vec![line("here", true), line("there", false)],
        notice: Some(AccountNotice::Removed { app: "ShopEase" }),
    }
}
