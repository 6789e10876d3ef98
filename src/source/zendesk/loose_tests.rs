use proptest::prelude::*;
use serde::Deserialize;

use super::super::late_text::LateText;
use super::*;

proptest! {
    #[test]
    fn late_text_is_text(json in r#""[aé]{0,6}(\\[nt"\\/]|\\u[d0][0-9a-f]{3}|\\q){0,3}"|[0-9]{1,3}|true|null|\{\}|\[1\]"#) {
        let (text, late) = (serde_json::from_str::<Text<'_>>(&json), serde_json::from_str::<LateText<'_>>(&json));
        prop_assert_eq!(text.is_err(), late.is_err(), "{}", json);
        if let (Ok(text), Ok(late)) = (text, late) {
            prop_assert!(!late.is_below(text.get().unwrap_or_default().len()));
            prop_assert_eq!(text.get(), late.get());
            prop_assert_eq!(text.filled(), late.filled());
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sample<'a> {
    id: Integer,
    #[serde(borrow)]
    name: Text<'a>,
    public: Flag,
    #[serde(borrow)]
    inner: Loose<Inner<'a>>,
    #[serde(borrow)]
    list: Many<Loose<Inner<'a>>>,
    #[serde(borrow)]
    any: Any<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Inner<'a> {
    #[serde(borrow)]
    a: Text<'a>,
}

fn sample(json: &str) -> Sample<'_> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn ids_in_every_writing() {
    for good in ["7253394974479", "7253394974479.0", "\"7253394974479\"", "\"7253394974479.00\""] {
        assert_eq!(Integer::parse(good), Integer::Known(7_253_394_974_479), "{good}");
    }
    for bad in ["7.25E+12", "\"7.25E+12\"", "1.5", "true", "{}", "\"x\"", "99999999999999999999"] {
        assert_eq!(Integer::parse(bad), Integer::Bad, "{bad}");
        assert_eq!(sample(&format!("{{\"id\":{bad}}}")).id, Integer::Bad);
    }
    for none in ["null", "\"\"", "\" \""] {
        assert_eq!(sample(&format!("{{\"id\":{none}}}")).id, Integer::Absent);
    }
    assert_eq!(Integer::parse("-1"), Integer::Known(-1));
}

#[test]
fn wrong_types_are_nothing_and_text_is_borrowed() {
    for wrong in ["null", "7", "\"x\"", "[1,{}]", "{\"b\":[]}", "true", "-1.5"] {
        let json =
            format!(r#"{{"name":{wrong},"public":{wrong},"inner":{wrong},"list":{wrong},"any":{wrong}}}"#);
        let read: Result<Sample<'_>, _> = serde_json::from_str(&json);
        assert!(read.is_ok(), "{json}: {read:?}");
    }
    let read = sample(r#"{"name":"Kim","inner":{"a":"b\n"},"list":[null,{"a":7},"x"]}"#);
    assert!(matches!(read.name.0, Some(Cow::Borrowed("Kim"))));
    assert_eq!(read.inner.get().unwrap().a.get(), Some("b\n"));
    assert_eq!(read.list.objects().map(|inner| inner.a.get()).collect::<Vec<_>>(), [Some("7")]);
}

#[test]
fn booleans_in_every_writing() {
    for (flag, writings) in [
        (
            Flag::Is(true),
            &["true", "1", "1.0", "\"1\"", "\"1.0\"", "\"Y\"", "\"yes\"", "\"T\"", "\"TRUE\"", "\"public\""]
                [..],
        ),
        (
            Flag::Is(false),
            &[
                "false",
                "0",
                "0.0",
                "-0.0",
                "\"0\"",
                "\"0.0\"",
                "\"n\"",
                "\"No\"",
                "\"f\"",
                "\" false \"",
                "\"private\"",
            ],
        ),
        (Flag::Absent, &["null", "\"\"", "\" \"", "\"None\"", "\"NaN\""]),
        (Flag::Bad, &["2", "-1", "0.5", "\"2\"", "\"maybe\"", "{}", "[false]", "{\"public\":true}"]),
    ] {
        for json in writings {
            assert_eq!(sample(&format!("{{\"public\":{json}}}")).public, flag, "{json}");
        }
    }
}

#[test]
fn of_several_flags_the_most_careful_counts() {
    let (yes, no) = (Flag::Is(true), Flag::Is(false));
    assert_eq!(Flag::least([yes, Flag::Bad, no]), no);
    assert_eq!(Flag::least([yes, Flag::Bad]), Flag::Bad);
    assert_eq!(Flag::least([Flag::Absent, yes]), yes);
    assert_eq!(Flag::least([]), Flag::Absent);
}

#[test]
fn digits_that_an_exponent_ate_are_not_made_up() {
    let text = |json: &str| serde_json::from_str::<Text<'_>>(json).unwrap().0.map(Cow::into_owned);
    for (json, expected) in [
        ("33639980001", "33639980001"),
        ("33639980001.0", "33639980001"),
        ("1709630010000.0", "1709630010000"),
        ("1748855700.5", "1748855700.5"),
        ("3.36399E+10", "3.36399E10"),
        ("1.74886E+09", "1.74886E9"),
        ("-2.7e9", "-2.7E9"),
        ("1.5", "1.5"),
        ("20000.0", "20000"),
    ] {
        assert_eq!(text(json).as_deref(), Some(expected), "{json}");
    }
}
