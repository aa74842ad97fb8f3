use super::*;
use crate::vuer::event::Draft;

fn greeted() -> (Hub, Number, Instant) {
    let mut hub = Hub::new(Rules {
        rate: 1000.0,
        relay: false,
        max_clients: 8,
    });
    let now = Instant::now();
    let number = hub.join(now).expect("room");
    let init = Draft::new("INIT", 0).finish();
    hub.take(number, &init, 0).expect("an INIT");
    (hub, number, now)
}

/// Goes on until there is nothing to do before a later time, and answers every ping if so asked.
fn settle(hub: &mut Hub, number: Number, now: Instant, answers: bool) -> Turn {
    loop {
        match hub.turn(number, now, 0) {
            Turn::Send(_, ping) if answers => hub.pong(number, &ping.to_be_bytes(), now),
            turn => return turn,
        }
    }
}

#[test]
fn a_silent_client_is_pinged_and_stays_as_long_as_it_answers() {
    let (mut hub, number, start) = greeted();
    let mut now = start;
    for _ in 0..10 {
        let turn = settle(&mut hub, number, now, true);
        let Turn::Wait(until) = turn else {
            panic!("{turn:?}");
        };
        assert!(until <= now + QUIET_TIME);
        now = until;
    }
    assert!(
        now >= start + 5 * QUIET_TIME,
        "it is not asked all the time"
    );
}

#[test]
fn a_silent_client_that_answers_no_ping_loses_its_place() {
    let (mut hub, number, start) = greeted();
    let mut now = start;
    settle(&mut hub, number, now, true);
    loop {
        match settle(&mut hub, number, now, false) {
            Turn::Wait(until) => now = until,
            Turn::Send(messages, _) => assert!(messages.is_empty()),
            Turn::Close(code, why) => {
                assert_eq!((code, &*why), (1008, "the client does not answer pings"));
                break;
            }
            turn => panic!("{turn:?}"),
        }
    }
    assert!(now <= start + QUIET_TIME + ANSWER_TIME + Duration::from_secs(1));
}
