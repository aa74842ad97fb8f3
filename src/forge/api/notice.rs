//! Detects replies that are only a notice that a usage limit is reached.
//!
//! The model's CLI prints such a notice instead of an answer and exits with 0, so the service
//! returns it as an answer. Only a reply that is nothing but a notice is detected; an answer that
//! mentions limits is not.

/// The longest notice. An answer that begins like a notice is longer.
const LONGEST: usize = 200;

/// The beginnings of notices; a time may follow.
const BEGINNINGS: [&str; 5] = [
    "claude ai usage limit reached",
    "claude usage limit reached",
    "usage limit reached",
    "credit balance is too low",
    "you're out of extra usage",
];

/// The words before "limit reached", as in "5-hour limit reached ∙ resets 3am".
const PERIODS: [&str; 8] = [
    "5-hour",
    "weekly",
    "opus weekly",
    "sonnet weekly",
    "session",
    "daily",
    "monthly",
    "opus",
];

/// The words between "you've hit your" and "limit".
const OWN: [&str; 7] = [
    "",
    "usage ",
    "session ",
    "weekly ",
    "opus ",
    "monthly spend ",
    "org's monthly usage ",
];

/// Whether the reply is only a notice.
pub fn is_limit_notice(reply: &str) -> bool {
    let reply = reply.trim();
    if reply.is_empty() || reply.len() > LONGEST || reply.contains('\n') {
        return false;
    }
    let reply = reply.to_lowercase().replace('’', "'");
    let rest = BEGINNINGS
        .iter()
        .find_map(|beginning| reply.strip_prefix(beginning))
        .or_else(|| {
            PERIODS
                .iter()
                .find_map(|period| reply.strip_prefix(period)?.strip_prefix(" limit reached"))
        })
        .or_else(|| {
            let rest = reply
                .strip_prefix("you've ")
                .or_else(|| reply.strip_prefix("you have "))?;
            let rest = rest
                .strip_prefix("hit your ")
                .or_else(|| rest.strip_prefix("reached your "))?;
            OWN.iter()
                .find_map(|own| rest.strip_prefix(own)?.strip_prefix("limit"))
        });
    rest.is_some_and(is_only_when)
}

/// Whether only a time or a hint to try again follows.
fn is_only_when(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ".|·∙•:,-".contains(c));
    rest.is_empty()
        || rest.bytes().all(|b| b.is_ascii_digit())
        || [
            "resets ",
            "reset ",
            "your limit will reset",
            "try again",
            "please try again",
            "/upgrade",
        ]
        .iter()
        .any(|beginning| rest.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_notices_are_known() {
        for notice in [
            "Claude AI usage limit reached|1764547200",
            "Claude usage limit reached. Your limit will reset at 3pm (UTC).",
            "5-hour limit reached ∙ resets 3am",
            "Weekly limit reached · resets Mon 9am",
            "You've hit your limit · resets 5pm (Europe/Berlin)\n",
            "You’ve hit your session limit",
            "You have reached your usage limit. Please try again later.",
            "Credit balance is too low",
        ] {
            assert!(is_limit_notice(notice), "{notice}");
        }
    }

    #[test]
    fn answers_about_limits_are_answers() {
        for answer in [
            "",
            "Usage limit reached is the message that the API returns when…",
            "You've hit your limit of three guesses; the word was 'drizzle'.",
            "The weekly limit is reached when the sum exceeds 100.",
            "5-hour limit reached ∙ resets 3am\nThis line explains what it means.",
            "Claude usage limit reached: a study of how teams react to it",
            "Say \"Claude AI usage limit reached|1764547200\"",
        ] {
            assert!(!is_limit_notice(answer), "{answer}");
        }
    }
}
