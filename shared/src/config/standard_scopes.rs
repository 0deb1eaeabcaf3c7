//! The words for the scopes every issuer has (Core s5.4, s11). A brand may put its own in their place.

use std::collections::BTreeMap;

use super::declaration::Texts;
use crate::types::Locale;

/// One standard scope with its built-in words, in the order of [`Locale::ALL`]: English, Hindi, Arabic.
pub(super) struct StandardScope {
    pub(super) name: &'static str,
    label: [&'static str; 3],
    detail: [&'static str; 3],
}

impl StandardScope {
    pub(super) fn label(&self) -> Texts {
        texts(self.label)
    }

    pub(super) fn detail(&self) -> Texts {
        texts(self.detail)
    }
}

fn texts(words: [&str; 3]) -> Texts {
    Locale::ALL
        .into_iter()
        .zip(words.map(str::to_owned))
        .collect::<BTreeMap<_, _>>()
}

/// In the order pages list them, after the brand's own.
pub(super) static STANDARD: [StandardScope; 6] = [
    StandardScope {
        // Never displayed: it is what signing in means.
        name: "openid",
        label: ["Recognise you", "आपको पहचानना", "التعرّف عليك"],
        detail: [
            "Know that it is you who signed in.",
            "यह जानना कि साइन इन आपने ही किया है।",
            "معرفة أنك أنت من سجّل الدخول.",
        ],
    },
    StandardScope {
        name: "profile",
        label: [
            "See your name and profile",
            "आपका नाम और प्रोफ़ाइल देखना",
            "الاطلاع على اسمك وملفك الشخصي",
        ],
        detail: [
            "Your name, picture and other profile details.",
            "आपका नाम, तस्वीर और प्रोफ़ाइल की दूसरी जानकारी।",
            "اسمك وصورتك وبيانات ملفك الشخصي الأخرى.",
        ],
    },
    StandardScope {
        name: "email",
        label: [
            "See your email address",
            "आपका ईमेल पता देखना",
            "الاطلاع على بريدك الإلكتروني",
        ],
        detail: [
            "Your email address and whether it is confirmed.",
            "आपका ईमेल पता, और क्या उसकी पुष्टि हुई है।",
            "عنوان بريدك الإلكتروني وما إذا كان مؤكدًا.",
        ],
    },
    StandardScope {
        name: "phone",
        label: [
            "See your mobile number",
            "आपका मोबाइल नंबर देखना",
            "الاطلاع على رقم جوالك",
        ],
        detail: [
            "The number you sign in with.",
            "वह नंबर जिससे आप साइन इन करते हैं।",
            "الرقم الذي تسجّل الدخول به.",
        ],
    },
    StandardScope {
        name: "address",
        label: [
            "See your postal address",
            "आपका डाक पता देखना",
            "الاطلاع على عنوانك البريدي",
        ],
        detail: [
            "The postal address in your profile.",
            "आपकी प्रोफ़ाइल में दिया गया डाक पता।",
            "العنوان البريدي في ملفك الشخصي.",
        ],
    },
    StandardScope {
        name: "offline_access",
        label: ["Stay connected", "जुड़े रहना", "البقاء متصلًا"],
        detail: [
            "Keep this access when you are not using the app, until you remove it in Connected apps.",
            "जब आप ऐप इस्तेमाल नहीं कर रहे हों तब भी यह पहुँच रखना, जब तक आप इसे कनेक्टेड ऐप्स में हटा न दें।",
            "الاحتفاظ بهذا الوصول عندما لا تستخدم التطبيق، إلى أن تزيله من التطبيقات المتصلة.",
        ],
    },
];
