//! Frames as people see them, and of every size.

use super::super::model::tests::{START, record};
use super::*;
use crate::clasp::wire::Value;
use crate::term::screen::Key;

fn model() -> Model {
    let mut model = Model::default();
    let values = [
        ("param", "/lights/front", Value::Float(0.5)),
        (
            "event",
            "/cues/go",
            Value::Map(vec![("scene".into(), Value::Int(2))]),
        ),
        (
            "param",
            "/größe/光",
            Value::String("wide: 光光光\x1b[2J".into()),
        ),
    ];
    for (kind, address, value) in &values {
        model.take(&record(kind, address, Some(value)), START);
    }
    model
}

const LIVE: Status<'_> = Status {
    router: "Router",
    link: Link::Live,
    note: None,
    paused: None,
    now: START + 3_000_000,
};

fn text(model: &Model, view: &mut View, status: Status<'_>, size: (usize, usize)) -> Vec<String> {
    let lines = frame(model, view, status, size);
    lines
        .iter()
        .map(|line| line.text().trim_end().to_owned())
        .collect()
}

#[test]
fn the_columns_line_up_under_their_titles() {
    let shown = text(&model(), &mut View::default(), LIVE, (80, 10));
    assert_eq!(
        shown,
        [
            "Router · 3 addresses · by address · 1.0/s                                   live",
            "",
            "ADDRESS        VALUE                       AGE      RATE",
            "/cues/go       event {\"scene\":2}           3 s     0.3/s                  █",
            "/größe/光      \"wide: 光光光\\u001b[2J\"     3 s     0.3/s                  █",
            "/lights/front  0.5                         3 s     0.3/s                     ▄",
            "",
            "",
            "",
            "q quit  / filter  s sort  p pause  ? help",
        ]
    );
}

#[test]
fn whatever_the_size_a_frame_has_as_many_lines_and_keeps_what_matters() {
    let model = model();
    for columns in 1..120 {
        for rows in 1..14 {
            for help in [false, true] {
                let mut view = View {
                    help,
                    ..View::default()
                };
                let lines = frame(&model, &mut view, LIVE, (columns, rows));
                assert_eq!(lines.len(), rows, "{columns} × {rows}");
                // Explanations may be cut; values never push each other off the screen.
                let table = if help { &[] } else { &lines[..rows - 1] };
                let widest = table.iter().map(Line::width).max().unwrap_or(0);
                assert!(
                    columns < 24 || widest <= columns,
                    "{widest} in {columns} × {rows}"
                );
            }
        }
    }
}

#[test]
fn what_goes_first_is_what_matters_least() {
    let titles = |columns| text(&model(), &mut View::default(), LIVE, (columns, 10))[2].clone();
    assert!(titles(45).ends_with("RATE") && titles(36).ends_with("AGE"));
    assert!(titles(28).ends_with("VALUE"), "{}", titles(28));
}

#[test]
fn trouble_is_said_above_the_keys() {
    let gone = Status {
        link: Link::Gone {
            cause: "connection reset",
            wait: Duration::from_millis(2_300),
        },
        ..LIVE
    };
    let shown = text(&model(), &mut View::default(), gone, (80, 10));
    assert!(shown[0].ends_with("no connection"), "{}", shown[0]);
    assert_eq!(
        shown[8],
        "router gone (connection reset); reconnecting in 3 s"
    );
    let paused = Status {
        paused: Some(1_204),
        note: Some("the router says: no (error 400)"),
        ..LIVE
    };
    let shown = text(&model(), &mut View::default(), paused, (80, 10));
    assert!(shown[0].ends_with("paused, 1,204 since"), "{}", shown[0]);
    assert_eq!(shown[8], "the router says: no (error 400)");
}

#[test]
fn the_filter_is_told_while_it_is_typed_and_after() {
    let (model, mut view) = (model(), View::default());
    for key in "/cue".chars().map(Key::Char) {
        view.key(key);
    }
    let shown = text(&model, &mut view, LIVE, (80, 10));
    assert!(
        shown[0].starts_with("Router · 1 of 3 addresses · "),
        "{}",
        shown[0]
    );
    assert_eq!(shown[9], "/cue▏  Enter keep  Esc clear");
    view.key(Key::Enter);
    let shown = text(&model, &mut view, LIVE, (80, 10));
    assert!(
        shown[9].starts_with("/cue  Esc clear  q quit"),
        "{}",
        shown[9]
    );
    view.key(Key::Char('/'));
    view.key(Key::Char('\x1b'));
    let shown = text(&model, &mut view, LIVE, (80, 10));
    assert_eq!(shown[2], "no address has 'cue\\u001b' in it");
}

#[test]
fn ages_and_rates_have_one_unit() {
    for (seconds, shown) in [
        (0, "now"),
        (59, "59 s"),
        (60, "1 min"),
        (7_199, "1 h"),
        (172_800, "2 d"),
    ] {
        assert_eq!(age(seconds * 1_000_000), shown);
    }
    for (per_second, shown) in [
        (0.0, "0/s"),
        (0.25, "0.2/s"),
        (9.96, "10/s"),
        (123_456.0, "123 k/s"),
    ] {
        assert_eq!(rate(per_second), shown);
    }
}
