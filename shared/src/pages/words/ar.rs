use super::{Account, Code, Consent, Device, Error, Frame, Logout, Phone, Words};
use crate::pages::ErrorCause;

pub(super) static WORDS: Words = Words {
    frame: Frame {
        error_title: "خطأ: ",
        languages: "اللغة",
        privacy: "الخصوصية",
        terms: "الشروط",
        help: "المساعدة",
        back_to: "الانتقال إلى {app}",
        cancel: "إلغاء",
        signed_in_as: "تم تسجيل الدخول بالرقم {number}",
    },
    phone: Phone {
        heading: "تسجيل الدخول إلى {brand}",
        for_app: "للمتابعة إلى {app}",
        session_note: "سبق تسجيل الدخول في هذا المتصفح. أدخل رقمك للتأكيد، أو رقمًا آخر لتبديل الحساب.",
        continue_as: "المتابعة باسم {number}",
        country: "البلد",
        label: "رقم الجوال",
        sms: "سنرسل إليك رمزًا من 6 أرقام في رسالة نصية. قد تُطبَّق رسوم الرسائل.",
        privacy: "كيف تُستخدم بياناتك لدى {brand}",
        submit: "متابعة",
        empty: "أدخل رقم جوالك.",
        malformed: "لا يبدو هذا رقم جوال صحيحًا. تحقّق منه وحاول مرة أخرى.",
        country_not_supported: "لا يمكن إرسال الرموز من {brand} إلى أرقام ذلك البلد.",
        try_later_minutes: |n| format!("طُلبت رموز كثيرة. حاول مرة أخرى بعد {}.", minutes(n)),
    },
    code: Code {
        heading: "أدخل الرمز",
        sent: "أرسلنا رسالة نصية إلى {number}.",
        change: "تغيير الرقم",
        label: "الرمز المكوّن من 6 أرقام",
        lifetime_minutes: |n| match n {
            0 => "تنتهي صلاحية الرمز خلال أقل من دقيقة.".to_owned(),
            _ => format!("قد يستغرق وصول الرمز دقيقة. تنتهي صلاحيته بعد {}.", minutes(n)),
        },
        submit: "متابعة",
        resend_heading: "لم تصلك الرسالة؟",
        resend_help: "تحقّق من الرقم. يجب أن يكون رقمك المسجّل لدى {brand}.",
        resend: "إعادة إرسال الرمز",
        another: "الحصول على رمز جديد",
        resend_seconds: |n| format!("يمكنك الطلب مجددًا بعد {}.", seconds(n)),
        no_more: "لا يمكن إرسال المزيد من الرسائل لعملية الدخول هذه.",
        resent: "أعدنا إرسال الرمز نفسه.",
        format: "أدخل أرقام الرمز الستة.",
        wrong_left: |n| format!("الرمز غير صحيح. {}.", tries_left(n)),
        expired: "انتهت صلاحية هذا الرمز. احصل على رمز جديد.",
        too_many: "محاولات كثيرة. احصل على رمز جديد.",
        too_early_seconds: |n| format!("الرسالة في الطريق إليك. يمكنك الطلب مجددًا بعد {}.", seconds(n)),
    },
    consent: Consent {
        heading: "هل تسمح لتطبيق {app} باستخدام حسابك لدى {brand}؟",
        publisher: "الناشر: {publisher}",
        returns_to: "ستعود بعدها إلى {host}",
        device_heading: "هل تسمح لتطبيق {app} على جهاز باستخدام حسابك لدى {brand}؟",
        on_device: "على الجهاز الذي يعرض {code}",
        device_yours: "لا تسمح بذلك إلا إذا بدأته بنفسك وكان جهازك أنت يعرض الرمز {code}. لن يطلب منك أحد من {brand} أبدًا إدخال رمز نيابةً عنه.",
        not_you: "لست أنت؟",
        asked: "يطلب {app} السماح بما يلي:",
        optional: "اختياري: حدّده للسماح به",
        already: "مسموح به من قبل",
        purpose: "السبب كما يذكره {app}: {purpose}",
        allow: "سماح",
        deny: "عدم السماح",
        stop_any_time: "يمكنك إيقاف ذلك في أي وقت من",
        connected_apps: "التطبيقات المرتبطة",
        app_privacy: "{app}: الخصوصية",
        app_terms: "{app}: الشروط",
    },
    account: Account {
        heading: "حسابك لدى {brand}",
        apps: "التطبيقات المرتبطة",
        apps_help: "التطبيقات التي سمحت لها باستخدام حسابك لدى {brand}.",
        no_apps: "لا توجد تطبيقات مرتبطة.",
        since: "مرتبط منذ",
        remove: "إزالة {app}",
        removed: "لم يعد {app} مرتبطًا بحسابك.",
        sessions: "أجهزة سجّلت الدخول منها",
        sessions_help: "إذا لم تتعرّف على جهاز، فسجّل خروجه.",
        this_browser: "هذا المتصفح",
        started: "تسجيل الدخول",
        last_seen: "آخر ظهور",
        end_session: "تسجيل خروج {device}",
        session_ended: "تم تسجيل خروج ذلك الجهاز.",
        sign_out: "تسجيل الخروج",
        revoke_heading: "هل تريد إزالة {app}؟",
        revoke_help: "لن يستطيع {app} استخدام حسابك لدى {brand} من هذه اللحظة. وسيسألك من جديد إذا عدت إليه.",
        revoke_confirm: "إزالة",
    },
    device: Device {
        heading: "ربط جهاز",
        help: "سجّل دخول تلفاز أو سيارة أو جهاز آخر إلى {brand}.",
        compare: "جاء هذا الرمز مع الرابط. تأكّد من أنه الرمز الظاهر على جهازك أنت. إذا أرسل إليك أحد هذا الرابط، فتوقّف هنا.",
        label: "الرمز الظاهر على جهازك",
        hint: "8 أحرف. يمكنك كتابتها صغيرة وترك الشرطة.",
        submit: "متابعة",
        empty: "أدخل الرمز الذي يعرضه جهازك.",
        wrong: "الرمز غير صحيح أو انتهت صلاحيته. تحقّق من جهازك.",
        try_later_minutes: |n| format!("جُرّبت رموز كثيرة. حاول مرة أخرى بعد {}.", minutes(n)),
        allowed_heading: "يمكنك العودة إلى جهازك",
        allowed_help: "سيتابع {app} هناك بعد لحظات.",
        denied_heading: "لم يُربط أي جهاز",
        denied_help: "لم يحصل {app} على إذن باستخدام حسابك لدى {brand}. يمكنك إغلاق هذه الصفحة.",
        late_heading: "فات الأوان",
        late_help: "انتهت صلاحية الرمز أو أُجيب عنه من قبل. ابدأ من جديد على جهازك.",
    },
    logout: Logout {
        heading: "هل تريد تسجيل الخروج من {brand}؟",
        help: "سيُطلب منك رقمك عند تسجيل الدخول مرة أخرى في هذا المتصفح.",
        asked_by: "يطلب {app} تسجيل خروجك.",
        confirm: "تسجيل الخروج",
        done_heading: "تم تسجيل خروجك",
        done_help: "تم تسجيل خروجك من {brand} في هذا المتصفح.",
    },
    error: Error {
        of: error,
        retry: "المحاولة مرة أخرى",
        quote: "إذا طلبت المساعدة، فاذكر هذا الرمز:",
    },
    country,
};

fn minutes(n: u64) -> String {
    counted(n, ["دقيقة واحدة", "دقيقتين", "دقائق", "دقيقة"])
}

fn seconds(n: u64) -> String {
    counted(n, ["ثانية واحدة", "ثانيتين", "ثوانٍ", "ثانية"])
}

fn tries_left(n: u64) -> String {
    match n {
        0 => "لم تبقَ أي محاولة".to_owned(),
        _ => format!(
            "بقيت {}",
            counted(n, ["محاولة واحدة", "محاولتان", "محاولات", "محاولة"])
        ),
    }
}

/// The plural forms of CLDR: one, two, few (3 to 10 of each hundred), and the rest, which are written alike.
fn counted(n: u64, [one, two, few, many]: [&str; 4]) -> String {
    match (n, n % 100) {
        (1, _) => one.to_owned(),
        (2, _) => two.to_owned(),
        (_, 3..=10) => format!("{n} {few}"),
        _ => format!("{n} {many}"),
    }
}

fn error(cause: ErrorCause) -> (&'static str, &'static str) {
    use ErrorCause as C;
    match cause {
        C::InvalidRequest => (
            "هذا الرابط لا يعمل",
            "لم نتمكن من قراءة طلب التطبيق الذي أرسلك إلى هنا. عُد إليه وحاول مرة أخرى.",
        ),
        C::InvalidClient => (
            "لا نعرف هذا التطبيق",
            "التطبيق الذي أرسلك إلى هنا غير مسجّل لدى {brand}. لم تتم مشاركة أي شيء معه.",
        ),
        C::InvalidRedirectUri => (
            "لا يمكننا إعادتك بأمان",
            "العنوان الذي يريد التطبيق إعادتك إليه غير مسجّل لدى {brand}. لم تتم مشاركة أي شيء.",
        ),
        C::InvalidRequestUri => (
            "لم يعد هذا الرابط صالحًا",
            "رابط تسجيل الدخول يعمل مرة واحدة ولوقت قصير. عُد إلى التطبيق وابدأ من جديد.",
        ),
        C::TransactionNotFound => (
            "لا يمكن متابعة تسجيل الدخول",
            "استغرق الأمر وقتًا طويلًا، أو بدأ في متصفح آخر. عُد إلى التطبيق وابدأ من جديد.",
        ),
        C::TransactionFinished => (
            "اكتمل تسجيل الدخول هذا من قبل",
            "لم يبقَ شيء لفعله في هذه الصفحة. عُد إلى التطبيق.",
        ),
        C::CrossSite => (
            "أوقفنا هذه الخطوة",
            "لم تأتِ من صفحتنا، لذلك لم يتغيّر أي شيء. ارجع وحاول مرة أخرى.",
        ),
        C::UnsupportedMediaType => (
            "لا يمكننا قراءة هذا النموذج",
            "لم يتغيّر أي شيء. ارجع وحاول مرة أخرى.",
        ),
        C::NotFound => ("الصفحة غير موجودة", "لا يوجد شيء في هذا العنوان."),
        C::TemporarilyUnavailable => (
            "سنعود قريبًا",
            "تسجيل الدخول غير متاح الآن. حاول مرة أخرى بعد قليل.",
        ),
        C::Suspended => (
            "تسجيل الدخول متوقف",
            "أوقفت {brand} تسجيل الدخول في الوقت الحالي. لم يتغيّر أي شيء لديك.",
        ),
    }
}

fn country(iso: &str) -> Option<&'static str> {
    Some(match iso {
        "AE" => "الإمارات العربية المتحدة",
        "AU" => "أستراليا",
        "BD" => "بنغلاديش",
        "DE" => "ألمانيا",
        "EG" => "مصر",
        "ES" => "إسبانيا",
        "FR" => "فرنسا",
        "GB" => "المملكة المتحدة",
        "ID" => "إندونيسيا",
        "IE" => "أيرلندا",
        "IN" => "الهند",
        "LK" => "سريلانكا",
        "MY" => "ماليزيا",
        "NP" => "نيبال",
        "PH" => "الفلبين",
        "PK" => "باكستان",
        "SA" => "المملكة العربية السعودية",
        "SG" => "سنغافورة",
        "TH" => "تايلاند",
        "VN" => "فيتنام",
        _ => return None,
    })
}
