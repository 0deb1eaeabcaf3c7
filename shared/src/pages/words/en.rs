use super::{Account, Code, Consent, Device, Error, Frame, Logout, Phone, Transfer, Words};
use crate::pages::ErrorCause;

pub(super) static WORDS: Words = Words {
    frame: Frame {
        error_title: "Error: ",
        languages: "Language",
        privacy: "Privacy",
        terms: "Terms",
        help: "Help",
        back_to: "Go to {app}",
        cancel: "Cancel",
        signed_in_as: "Signed in as {number}",
    },
    phone: Phone {
        heading: "Sign in to {brand}",
        for_app: "to continue to {app}",
        session_note: "You are already signed in on this browser. Enter your number to confirm it's you, or another \
                       number to switch account.",
        continue_as: "Continue as {number}",
        country: "Country",
        label: "Mobile number",
        sms: "We'll text you a 6-digit code. Message rates may apply.",
        privacy: "How {brand} handles your data",
        submit: "Continue",
        empty: "Enter your mobile number.",
        malformed: "That doesn't look like a mobile number. Check it and try again.",
        country_not_supported: "{brand} can't send codes to numbers of that country.",
        try_later_minutes: |n| format!("Too many codes were asked for. Try again in {}.", minutes(n)),
    },
    code: Code {
        heading: "Enter your code",
        sent: "We sent a text message to {number}.",
        change: "Change number",
        label: "6-digit code",
        lifetime_minutes: |n| match n {
            0 => "The code works for less than a minute.".to_owned(),
            _ => format!(
                "It may take a minute to arrive. The code works for {}.",
                minutes(n)
            ),
        },
        submit: "Continue",
        resend_heading: "No message?",
        resend_help: "Check the number. It must be the one {brand} has for you.",
        resend: "Send the code again",
        another: "Get a new code",
        resend_seconds: |n| format!("You can ask again in {}.", seconds(n)),
        no_more: "No more messages can be sent for this sign-in.",
        resent: "We sent the same code again.",
        format: "Enter the 6 digits of the code.",
        wrong_left: |n| match n {
            1 => "That code isn't right. 1 try left.".to_owned(),
            _ => format!("That code isn't right. {n} tries left."),
        },
        expired: "That code has expired. Get a new one.",
        too_many: "Too many tries. Get a new code.",
        too_early_seconds: |n| format!("A message is on its way. You can ask again in {}.", seconds(n)),
    },
    consent: Consent {
        heading: "Allow {app} to use your {brand} account?",
        publisher: "by {publisher}",
        returns_to: "Takes you back to {host}",
        device_heading: "Allow {app} on a device to use your {brand} account?",
        on_device: "On the device that shows {code}",
        device_yours: "Allow this only if you started it yourself, and your own device shows the code {code}. Nobody from {brand} will ever ask you to type a code for them.",
        not_you: "Not you?",
        asked: "{app} asks to:",
        optional: "Optional: tick it to allow",
        already: "Already allowed",
        purpose: "{app} says why: {purpose}",
        allow: "Allow",
        deny: "Don't allow",
        stop_any_time: "You can stop this any time in",
        connected_apps: "Connected apps",
        app_privacy: "{app}: privacy",
        app_terms: "{app}: terms",
    },
    account: Account {
        heading: "Your {brand} account",
        apps: "Connected apps",
        apps_help: "Apps you allowed to use your {brand} account.",
        no_apps: "No app is connected.",
        since: "Connected since",
        remove: "Remove {app}",
        removed: "{app} is no longer connected.",
        sessions: "Where you are signed in",
        sessions_help: "If you don't recognise a device, sign it out.",
        this_browser: "This browser",
        started: "Signed in",
        last_seen: "Last seen",
        end_session: "Sign out {device}",
        session_ended: "That device is signed out.",
        sign_out: "Sign out",
        revoke_heading: "Remove {app}?",
        revoke_help: "{app} can't use your {brand} account any more, from this moment. It will ask you again if you \
                      come back to it.",
        revoke_confirm: "Remove",
    },
    device: Device {
        heading: "Connect a device",
        help: "Sign a TV, a car or another device in to {brand}.",
        compare: "This code came with the link. Check that it is the one on your own device. If somebody sent you the link, stop here.",
        label: "Code on your device",
        hint: "8 letters. Small letters are fine, and you can leave the dash out.",
        submit: "Continue",
        empty: "Enter the code that your device shows.",
        wrong: "That code isn't right, or its time is over. Check your device.",
        try_later_minutes: |n| format!("Too many codes were tried. Try again in {}.", minutes(n)),
        allowed_heading: "You can go back to your device",
        allowed_help: "{app} will go on there in a moment.",
        denied_heading: "Nothing was connected",
        denied_help: "{app} got no access to your {brand} account. You can close this page.",
        late_heading: "It was too late",
        late_help: "The code had expired, or was answered before. Start again on your device.",
    },
    transfer: Transfer {
        heading: "Continue as {number}?",
        for_app: "to continue to {app}",
        for_account: "to your {brand} account",
        yours: "You are signed in to {app} with this number. Go on only if you came here from it yourself, and the number is yours.",
        replaces: "In this browser {number} is signed in now. That ends when you continue.",
        submit: "Continue",
        decline: "No, that's not me",
        declined_heading: "Nobody was signed in",
        declined_help: "This browser stays as it was. You can close this page.",
    },
    logout: Logout {
        heading: "Sign out of {brand}?",
        help: "You will be asked for your number the next time you sign in on this browser.",
        asked_by: "{app} asks to sign you out.",
        confirm: "Sign out",
        done_heading: "You are signed out",
        done_help: "You are signed out of {brand} on this browser.",
    },
    error: Error {
        of: error,
        retry: "Try again",
        quote: "If you ask for help, quote this code:",
    },
    country,
};

fn minutes(n: u64) -> String {
    if n == 1 {
        "1 minute".to_owned()
    } else {
        format!("{n} minutes")
    }
}

fn seconds(n: u64) -> String {
    if n == 1 {
        "1 second".to_owned()
    } else {
        format!("{n} seconds")
    }
}

fn error(cause: ErrorCause) -> (&'static str, &'static str) {
    use ErrorCause as C;
    match cause {
        C::InvalidRequest => (
            "This link doesn't work",
            "The app that sent you here asked in a way we can't read. Go back to it and try again.",
        ),
        C::InvalidClient => (
            "We don't know this app",
            "The app that sent you here isn't registered with {brand}. Nothing was shared with it.",
        ),
        C::InvalidRedirectUri => (
            "We can't send you back safely",
            "The address the app wants you to return to isn't registered with {brand}. Nothing was shared.",
        ),
        C::InvalidRequestUri => (
            "This link no longer works",
            "A link to sign in works once, and not for long. Go back to the app and start again.",
        ),
        C::TransactionNotFound => (
            "This sign-in can't go on",
            "It took too long, or it was started in another browser. Go back to the app and start again.",
        ),
        C::TransactionFinished => (
            "This sign-in is already finished",
            "There is nothing left to do on this page. Go back to the app.",
        ),
        C::TransferUnknown => (
            "This link doesn't work",
            "It is incomplete, or not from {brand}. Go back to the app and try again from there.",
        ),
        C::TransferExpired => (
            "This link is too old",
            "A link from the app works for a minute only. Go back to the app and try again from there.",
        ),
        C::TransferUsed => (
            "This link has been used",
            "It works once. If it was you, you may be signed in already and can just go on. If not, go back to the app and \
             try again from there.",
        ),
        C::TransferRefused => (
            "The app can't sign you in here any more",
            "Open the app and sign in again there, or go on here with your mobile number.",
        ),
        C::CrossSite => (
            "We stopped this step",
            "It didn't come from our own page, so nothing was changed. Go back and try again.",
        ),
        C::UnsupportedMediaType => (
            "We can't read this form",
            "Nothing was changed. Go back and try again.",
        ),
        C::NotFound => ("Page not found", "There is nothing at this address."),
        C::TemporarilyUnavailable => (
            "We'll be right back",
            "Signing in isn't possible just now. Try again in a moment.",
        ),
        C::Suspended => (
            "Signing in is switched off",
            "{brand} has switched off signing in for now. Nothing of yours was changed.",
        ),
    }
}

fn country(iso: &str) -> Option<&'static str> {
    Some(match iso {
        "AE" => "United Arab Emirates",
        "AU" => "Australia",
        "BD" => "Bangladesh",
        "DE" => "Germany",
        "EG" => "Egypt",
        "ES" => "Spain",
        "FR" => "France",
        "GB" => "United Kingdom",
        "ID" => "Indonesia",
        "IE" => "Ireland",
        "IN" => "India",
        "LK" => "Sri Lanka",
        "MY" => "Malaysia",
        "NP" => "Nepal",
        "PH" => "Philippines",
        "PK" => "Pakistan",
        "SA" => "Saudi Arabia",
        "SG" => "Singapore",
        "TH" => "Thailand",
        "VN" => "Vietnam",
        _ => return None,
    })
}
