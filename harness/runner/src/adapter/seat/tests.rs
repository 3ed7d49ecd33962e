use std::time::Instant;

use tokio::sync::mpsc;

use super::*;
use crate::protocol::Observation;

fn seats() -> (Seats, mpsc::UnboundedReceiver<(u64, Order)>) {
    let (orders, queue) = mpsc::unbounded_channel();
    (Seats::new(orders), queue)
}

fn closed(session: u64) -> Incoming {
    Incoming::Observation { session, shown: Observation::Closed, at: Instant::now(), share: None }
}

fn session_of(incoming: Incoming) -> u64 {
    match incoming {
        Incoming::Observation { session, .. } => session,
        Incoming::Fault(fault) => panic!("{fault}"),
    }
}

#[test]
fn each_seat_hears_its_own_sessions() {
    let (seats, mut orders) = seats();
    let (one, mut heard_by_one) = seats.take(2).expect("a seat");
    let (two, mut heard_by_two) = seats.take(2).expect("a seat");
    assert!(seats.take(2).is_none());
    one.order(1, Order::Close);
    two.order(2, Order::Close);
    one.order(3, Order::Close);
    assert_eq!(
        std::iter::from_fn(|| orders.try_recv().ok()).map(|(session, _)| session).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    for session in [2, 3, 1] {
        seats.pass_on(session, closed(session)).expect("a session");
    }
    assert_eq!(session_of(heard_by_one.try_recv().expect("a message")), 3);
    assert_eq!(session_of(heard_by_one.try_recv().expect("a message")), 1);
    assert_eq!(session_of(heard_by_two.try_recv().expect("a message")), 2);
}

#[test]
fn a_seat_that_was_left_is_free_and_hears_nothing() {
    let (seats, _orders) = seats();
    let (seat, _heard) = seats.take(1).expect("a seat");
    seat.order(1, Order::Close);
    drop(seat);
    seats.pass_on(1, closed(1)).expect("a session that was there");
    assert_eq!(seats.pass_on(2, closed(2)), Err(Fault::UnknownSession { named: 2 }));
    assert!(seats.take(1).is_some());
}

#[test]
fn no_seat_is_given_in_a_retired_or_broken_adapter() {
    let (seats, _orders) = seats();
    let (seat, mut heard) = seats.take(9).expect("a seat");
    seat.retire();
    assert!(seats.take(9).is_none());
    seats.fail(&Fault::Gone);
    assert!(matches!(heard.try_recv(), Ok(Incoming::Fault(Fault::Gone))));
    assert!(seats.take(9).is_none() && !seat.is_sound());
}

#[test]
fn an_adapter_in_a_bad_state_is_counted_once_however_many_sessions_it_takes_along() {
    let (seats, _orders) = seats();
    let (one, _heard_by_one) = seats.take(2).expect("a seat");
    let (two, _heard_by_two) = seats.take(2).expect("a seat");
    seats.fail(&Fault::Gone);
    assert_eq!([one.retire(), two.retire(), one.retire()], [true, false, false]);
}

#[tokio::test]
async fn an_adapter_in_a_bad_state_is_deserted_when_the_last_seat_is_left() {
    let (seats, _orders) = seats();
    let (one, _heard_by_one) = seats.take(9).expect("a seat");
    let (two, _heard_by_two) = seats.take(9).expect("a seat");
    let mut deserted = std::pin::pin!(seats.are_deserted());
    let mut is_deserted = || futures_util::FutureExt::now_or_never(deserted.as_mut()).is_some();
    assert!(!is_deserted());
    one.retire();
    drop(one);
    assert!(!is_deserted());
    drop(two);
    assert!(is_deserted());
}

#[test]
fn an_adapter_is_silent_if_an_order_is_followed_by_nothing() {
    let (seats, _orders) = seats();
    let (one, mut heard) = seats.take(2).expect("a seat");
    assert!(!seats.is_silent());
    one.order(1, Order::Close);
    std::thread::sleep(SILENCE / 2);
    // A second order gives it no more time.
    one.order(1, Order::Close);
    std::thread::sleep(SILENCE / 2);
    assert!(seats.is_silent());
    assert!(one.is_silent());
    seats.pass_on(1, closed(1)).expect("a session");
    assert_eq!(session_of(heard.try_recv().expect("heard")), 1);
    assert!(!seats.is_silent());
}
