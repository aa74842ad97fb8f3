//! Values: what is typed, how it is sent, and how it is printed.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::json;

use crate::support::{Driver, Router, Val, trefoil};

#[test]
fn an_argument_is_json_where_it_parses_and_a_string_where_not() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let cases: Vec<(&[&str], Val, &str)> = vec![
        (&["1"], Val::Int(1), "1"),
        (&["1.0"], Val::Float(1.0), "1.0"),
        (&["-1"], Val::Int(-1), "-1"),
        (&["-0.5"], Val::Float(-0.5), "-0.5"),
        (&["true"], Val::Bool(true), "true"),
        (&["null"], Val::Null, "null"),
        (
            &["9223372036854775807"],
            Val::Int(i64::MAX),
            "9223372036854775807",
        ),
        (
            &["-9223372036854775808"],
            Val::Int(i64::MIN),
            "-9223372036854775808",
        ),
        (&["hello"], Val::from("hello"), "\"hello\""),
        (&["two words"], Val::from("two words"), "\"two words\""),
        (&["\"1\""], Val::from("1"), "\"1\""),
        (&[""], Val::from(""), "\"\""),
        (&["héllo"], Val::from("héllo"), "\"héllo\""),
        (&["1", "--string"], Val::from("1"), "\"1\""),
        (&["true", "--string"], Val::from("true"), "\"true\""),
        (&["[1,\"two\",[]]", "--json"], array(), "[1,\"two\",[]]"),
        (
            &["{\"r\":255}"],
            Val::Map(vec![("r".into(), Val::Int(255))]),
            "{\"r\":255}",
        ),
        (
            &["{\"$bytes\":\"AQL/\"}"],
            Val::Bytes(vec![1, 2, 255]),
            "{\"$bytes\":\"AQL/\"}",
        ),
        (
            &["{\"$float\":\"Infinity\"}"],
            Val::Float(f64::INFINITY),
            "{\"$float\":\"Infinity\"}",
        ),
    ];
    for (typed, wire, printed) in cases {
        let args = [&["set", "/v"], typed].concat();
        router.clasp(&args).run().done();
        assert_eq!(driver.value("/v"), wire, "{typed:?}");
        router
            .clasp(&["get", "/v"])
            .run()
            .done()
            .prints(&format!("{printed}\n"));
    }
}

fn array() -> Val {
    Val::Array(vec![Val::Int(1), Val::from("two"), Val::Array(vec![])])
}

#[test]
fn nan_survives() {
    let router = Router::start();
    router
        .clasp(&["set", "/v", "{\"$float\":\"NaN\"}"])
        .run()
        .done();
    let value = Driver::connect(&router).value("/v");
    assert!(
        matches!(value, Val::Float(nan) if nan.is_nan()),
        "{value:?}"
    );
    router
        .clasp(&["get", "/v"])
        .run()
        .done()
        .prints("{\"$float\":\"NaN\"}\n");
}

#[test]
fn what_was_forced_to_be_json_and_is_not_is_a_usage_error() {
    trefoil(&["clasp", "set", "/v", "--json", "hello"])
        .run()
        .exits(2);
    trefoil(&["clasp", "set", "/v", "--json", "{"])
        .run()
        .exits(2);
}

#[test]
fn an_integer_that_the_wire_cannot_carry_is_not_rounded() {
    // 2^64 as a float would come back as another number.
    trefoil(&["clasp", "set", "/v", "18446744073709551617"])
        .run()
        .exits(2)
        .prints("");
}

#[test]
fn sixty_thousand_bytes_travel_whole_and_more_is_refused_with_the_limit() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let text = "x".repeat(65_000);
    router.clasp(&["set", "/big", &text]).run().done();
    assert_eq!(driver.value("/big"), Val::Str(text.clone()));
    router
        .clasp(&["get", "/big", "-r"])
        .run()
        .done()
        .prints(&format!("{text}\n"));

    let bytes: Vec<u8> = (0..65_000_u32).map(|i| i.to_le_bytes()[0]).collect();
    let json = json!({"$bytes": BASE64_STANDARD.encode(&bytes)}).to_string();
    router.clasp(&["set", "/big", &json]).run().done();
    assert_eq!(driver.value("/big"), Val::Bytes(bytes));
    router
        .clasp(&["get", "/big"])
        .run()
        .done()
        .prints(&format!("{json}\n"));

    // One byte too many for a string; then a string that fits into a frame that does not.
    for length in [65_536, 65_530] {
        let refused = router.clasp(&["set", "/big", &"x".repeat(length)]).run();
        let refused = refused.exits(2).prints("");
        let said = refused.stderr.replace([',', '_', ' '], "");
        assert!(said.contains("65535"), "it must name the limit\n{refused}");
    }
    assert!(
        matches!(driver.value("/big"), Val::Bytes(_)),
        "a refused value was written"
    );
}

#[test]
fn integers_stay_exact_through_a_filter() {
    let router = Router::start();
    Driver::connect(&router).set("/v", i64::MAX);
    router
        .clasp(&["get", "/v", "--jq", "."])
        .run()
        .done()
        .prints("9223372036854775807\n");
    let meta = router
        .clasp(&["get", "/v", "--meta", "--jq", ".value"])
        .run()
        .done();
    meta.prints("9223372036854775807\n");
}

#[test]
fn json_that_is_no_value_is_an_error_as_it_is_in_bulk() {
    let router = Router::start();
    let deep = "[".repeat(65) + &"]".repeat(65);
    for json in [
        r#"{"$bytes":"!!"}"#,
        "[1e400]",
        "1e400",
        r#""\ud800""#,
        &deep,
    ] {
        let one = router.clasp(&["set", "/a", json]).run().exits(2);
        one.says(&["not a value", "--string"]);
        let line = format!("{{\"address\":\"/a\",\"value\":{json}}}\n");
        router.clasp(&["set", "-"]).stdin(line).run().exits(2);
        router.clasp(&["emit", "/a", json]).run().exits(2);
    }
    router.clasp(&["get", "/a"]).run().exits(6);
    router.clasp(&["set", "/a", "{oops"]).run().done();
    router
        .clasp(&["get", "/a"])
        .run()
        .done()
        .prints("\"{oops\"\n");
}

#[test]
fn broken_json_is_a_string_that_is_told_of() {
    let router = Router::start();
    let note = "is not JSON, so it is taken as a string";
    let told: [&[&str]; 4] = [
        &["set", "/a", "{\"x\":"],
        &["set", "/a", "[1,2"],
        &["emit", "/a", "{x: 1}"],
        &["get", "/a", "--default", "{"],
    ];
    for line in told {
        router.clasp(line).run().done().says(&[note]);
    }
    let silent: [&[&str]; 4] = [
        &["set", "/a", "{\"x\":1}"],
        &["set", "/a", "{", "--string"],
        &["set", "/a", "{", "-q"],
        &["set", "/a", "hello"],
    ];
    for line in silent {
        let output = router.clasp(line).run().done();
        assert!(!output.stderr.contains(note), "{output}");
    }
}
