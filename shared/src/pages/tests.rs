//! What holds for every page in every language, and what each page is for.

use super::{samples::*, *};
use crate::types::Country;

fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

/// The start tags of a page, outside `style` and `script`.
fn tags(page: &str) -> Vec<&str> {
    page.split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>'))
        .map(|(tag, _)| tag)
        .collect()
}

/// What a reader sees of some markup.
fn visible(markup: &str) -> String {
    let text: String = markup
        .split('<')
        .map(|p| p.split_once('>').map_or("", |(_, text)| text))
        .collect();
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[test]
fn every_page_in_every_language_is_a_sound_document() {
    for locale in Locale::ALL {
        for (name, page) in every_page(locale, "FashionBoard") {
            let at = format!("{name} in {locale:?}");
            let dir = if locale == Locale::Ar { "rtl" } else { "ltr" };
            assert!(
                page.contains(&format!("<html lang=\"{}\" dir=\"{dir}\">", locale.tag())),
                "{at}"
            );
            for once in [
                "<main",
                "</main>",
                "<h1>",
                "<title>",
                "<style nonce=\"n0nce\">",
                "content=\"noindex\"",
            ] {
                assert_eq!(count(&page, once), 1, "{once}: {at}");
            }
            assert_eq!(
                count(&page, "<script"),
                usize::from(name.starts_with("code")),
                "{at}"
            );
            assert!(page.len() < 40_000, "{} bytes: {at}", page.len());
            assert!(!page.contains("{app}") && !page.contains("{brand}"), "{at}");
        }
    }
}

#[test]
fn pages_obey_their_content_security_policy() {
    for (name, page) in every_page(Locale::En, "FashionBoard") {
        for tag in tags(&page) {
            assert!(!tag.contains(" style=") && !tag.contains(" on"), "{name}: {tag}");
            let fetches = ["src=", "rel=\"stylesheet\"", "preload", "<iframe", "<object"];
            assert!(!fetches.iter().any(|f| tag.contains(f)), "{name}: {tag}");
        }
        assert!(!page.contains("url(") && !page.contains("@import"), "{name}");
    }
}

#[test]
fn hostile_names_are_text() {
    for locale in Locale::ALL {
        for (name, page) in every_page(locale, HOSTILE) {
            assert!(!page.contains("<script>\""), "{name}");
            assert!(!page.contains("value=\"\"><b>"), "{name}");
            assert!(!page.contains("href=\"javascript:"), "{name}");
        }
    }
}

#[test]
fn no_link_is_made_of_anything_but_a_web_address() {
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "mailto:a@b",
    ] {
        let page = ErrorPage {
            cause: ErrorCause::InvalidRequest,
            id: "E",
            back: Some(("A", bad)),
            retry_href: None,
        };
        let mut brand = brand();
        brand.privacy_uri = Some(bad.to_owned());
        brand.logo = Some("https://evil.example/logo.svg".to_owned());
        let shell = Shell {
            brand: &brand,
            locale: Locale::En,
            nonce: "n",
            languages: &[],
        };
        let page = error(&shell, &page).into_string();
        assert!(!page.contains(bad) && !page.contains("evil.example"), "{bad}");
    }
}

#[test]
fn the_phone_page_asks_for_a_country_only_where_there_is_a_choice() {
    let iso = |iso| Country::by_iso(iso).unwrap();
    let one = phone_page(None, &[iso("GB")]).into_string();
    assert!(!one.contains("<select") && one.contains(">+44</span>"));
    let two = phone_page(None, &[iso("IN"), iso("GB")]).into_string();
    assert!(two.contains("name=\"country\" autocomplete=\"tel-country-code\""));
    assert!(two.contains("<option value=\"IN\" selected>India"));
    assert_eq!(count(&two, " selected"), 1);
}

#[test]
fn a_mistake_is_announced_marked_and_in_the_title() {
    let gb = [Country::by_iso("GB").unwrap()];
    let page = phone_page(Some(PhoneProblem::Empty), &gb).into_string();
    assert!(page.contains("<title>Error: Sign in to Urban Trend</title>"));
    assert!(page.contains("role=\"alert\"><a href=\"#phone\">"));
    assert!(page.contains("aria-describedby=\"phone-error phone-hint\" aria-invalid=\"true\""));
    let limited = phone_page(Some(PhoneProblem::TryLater { minutes: 15 }), &gb).into_string();
    assert!(limited.contains("Try again in 15 minutes."));
    assert!(!limited.contains("aria-invalid="));
}

#[test]
fn the_code_page_says_where_the_code_went_and_offers_another() {
    let page = with_shell(Locale::En, |s| code(s, &code_page(None))).into_string();
    assert!(page.contains("<bdi dir=\"ltr\">+44 •••• ••0101</bdi>"));
    assert!(
        page.contains("autocomplete=\"one-time-code\" pattern=\"[0-9 \\-]*\" maxlength=\"10\" dir=\"ltr\"")
    );
    assert!(page.contains("data-seconds=\"30\""));
    assert_eq!(count(&page, "action=\"/login\""), 2);
    assert_eq!(count(&page, "name=\"csrf\""), 2);

    let mut last = code_page(Some(CodeProblem::TooManyTries));
    last.resend_wait = Some(0);
    let page = with_shell(Locale::En, |s| code(s, &last)).into_string();
    assert!(page.contains(">Get a new code</button>") && !page.contains("data-seconds"));
    last.resend_wait = None;
    let page = with_shell(Locale::En, |s| code(s, &last)).into_string();
    assert!(!page.contains("id=\"resend\"") && page.contains("No more messages"));
}

#[test]
fn the_script_stays_under_a_kilobyte() {
    assert!(include_str!("code.js").len() < 1024);
}

#[test]
fn consent_asks_the_one_question_or_the_general_one() {
    let (tier, points) = (tier(), points());
    let notice = |asked| consent_page("FashionBoard", asked).notice(Locale::En, &brand());
    let one = notice(vec![&tier, &points]);
    assert!(one.starts_with("Allow FashionBoard to view your Trendy Rewards status?\n"));
    assert!(one.contains("\nSee your points\n"));
    let general = "Allow FashionBoard to use your Urban Trend account?\n";
    assert!(notice(vec![&points]).starts_with(general));
    assert!(notice(vec![&tier, &tier]).starts_with(general));
}

#[test]
fn the_notice_is_what_the_page_shows() {
    let (tier, points) = (tier(), points());
    for locale in Locale::ALL {
        for app in ["FashionBoard", "A \"quoted\" <name> & co"] {
            let page = consent_page(app, vec![&tier, &points]);
            let shown = visible(&with_shell(locale, |s| consent(s, &page)).into_string());
            for line in page.notice(locale, &brand()).lines() {
                assert!(shown.contains(line), "{line} in {locale:?}");
            }
        }
    }
}

#[test]
fn a093_a_device_is_named_by_its_code_wherever_it_is_allowed() {
    let tier = tier();
    let page = ConsentPage {
        leads_to: LeadsTo::Device("WDJB-MJHT"),
        ..consent_page("FashionBoard", vec![&tier])
    };
    for locale in Locale::ALL {
        let html = with_shell(locale, |s| consent(s, &page)).into_string();
        assert_eq!(count(&html, "<bdi dir=\"ltr\">WDJB-MJHT</bdi>"), 2, "{locale:?}");
        for line in page.notice(locale, &brand()).lines() {
            assert!(visible(&html).contains(line), "{line} in {locale:?}");
        }
    }
    let compared = with_shell(Locale::En, |s| device(s, &device_page(None))).into_string();
    assert!(compared.contains("id=\"compare\""));
    let typed = with_shell(Locale::En, |s| {
        device(s, &device_page(Some(DeviceProblem::Wrong)))
    })
    .into_string();
    assert!(!typed.contains("id=\"compare\"") && typed.contains("aria-invalid=\"true\""));
}

#[test]
fn a_transfer_names_who_goes_on_where_to_and_whose_session_ends() {
    for locale in Locale::ALL {
        let html = with_shell(locale, |s| transfer(s, &transfer_page("ShopEase"))).into_string();
        for number in ["0101", "0102"] {
            assert!(
                html.contains(&format!("<bdi dir=\"ltr\">+44 •••• ••{number}</bdi>")),
                "{locale:?}"
            );
        }
        let seen = visible(&html);
        assert!(
            !seen.contains("{number}") && seen.contains("ShopEase"),
            "{locale:?}"
        );
        for id in ["continue", "not-me"] {
            assert!(html.contains(&format!("id=\"{id}\" type=\"submit\" name=\"decision\"")));
        }
    }
}

#[test]
fn optional_scopes_are_unticked_boxes_and_old_ones_are_not_asked() {
    let (tier, points) = (tier(), points());
    let mut page = consent_page("FashionBoard", vec![&tier]);
    page.already_allowed = vec![&points];
    let html = with_shell(Locale::En, |s| consent(s, &page)).into_string();
    assert_eq!(count(&html, "data-scope="), 1);
    assert!(html.contains("data-allowed=\"loyalty.points.read\"") && !html.contains("type=\"checkbox\""));

    let page = consent_page("FashionBoard", vec![&tier, &points]);
    let html = with_shell(Locale::En, |s| consent(s, &page)).into_string();
    assert!(html.contains("<input type=\"checkbox\" name=\"scope\" value=\"loyalty.points.read\">"));
    assert_eq!(count(&html, "type=\"checkbox\""), 1);
}

#[test]
fn allow_and_do_not_allow_weigh_the_same() {
    let tier = tier();
    let html = with_shell(Locale::En, |s| consent(s, &consent_page("A", vec![&tier]))).into_string();
    for id in ["allow", "deny"] {
        let button =
            format!("<button class=\"even\" id=\"{id}\" type=\"submit\" name=\"decision\" value=\"{id}\">");
        assert!(html.contains(&button), "{id}");
    }
}

#[test]
fn every_error_has_its_code_and_an_id_to_quote() {
    let codes: std::collections::BTreeSet<_> = ErrorCause::ALL.map(ErrorCause::code).into();
    assert_eq!(codes.len(), ErrorCause::ALL.len());
    for (name, page) in every_page(Locale::En, "A")
        .iter()
        .filter(|(name, _)| codes.contains(name))
    {
        assert!(page.contains(&format!("<main id=\"error\" data-error=\"{name}\">")));
        assert!(page.contains("<code id=\"error-id\" dir=\"ltr\">E-7F3K2</code>"));
    }
}

#[test]
fn the_account_page_removes_apps_and_ends_other_sessions() {
    let tier = tier();
    let html = with_shell(Locale::En, |s| account(s, &account_page("FashionBoard", &tier))).into_string();
    assert!(html.contains("data-client=\"fashionboard\" method=\"get\" action=\"/account/revoke\""));
    assert!(html.contains("<time dir=\"ltr\" datetime=\"2026-11-22\">2026-11-22</time>"));
    assert_eq!(count(&html, "data-session="), 2);
    assert_eq!(count(&html, "action=\"/account/end-session\""), 1);
    assert_eq!(count(&html, "href=\"/oauth2/sessions/logout\""), 1);
}
