use super::*;

const FULL: Patience = Patience { observation: Duration::from_secs(5), request: Duration::from_secs(15) };

fn after(sessions: usize, observation: u64, request: u64) -> Needs {
    let mut needs = Needs::new(Close::Answered);
    for _ in 0..sessions {
        let needed = Patience {
            observation: Duration::from_millis(observation),
            request: Duration::from_millis(request),
        };
        needs.learn(needed, Close::Answered);
    }
    needs
}

#[test]
fn the_first_sessions_get_a_guess() {
    assert_eq!(after(3, 1, 1).first_attempt(FULL, false, Duration::ZERO).now, GUESS);
}

#[test]
fn a_quick_client_gets_the_least() {
    assert_eq!(after(GUESSED, 1, 30).first_attempt(FULL, false, Duration::ZERO).now, LEAST);
    assert_eq!(after(GUESSED, 1, 30).first_attempt(FULL, true, Duration::ZERO).now, GUESS);
}

#[test]
fn a_slow_client_gets_a_multiple_of_what_it_needed_but_never_more_than_the_full_patience() {
    let attempt = after(GUESSED, 200, 3000).first_attempt(FULL, false, Duration::ZERO);
    assert_eq!(
        attempt.now,
        Patience { observation: Duration::from_millis(1600), request: Duration::from_secs(6) }
    );
    let attempt = after(GUESSED, 2000, 9000).first_attempt(FULL, false, Duration::ZERO);
    assert!(attempt.is_final() && attempt.now == FULL);
}

#[test]
fn a_script_that_leaves_the_delay_to_the_client_gets_time_for_it() {
    let attempt = after(GUESSED, 1, 30).first_attempt(FULL, false, Duration::from_secs(3));
    assert_eq!(attempt.now, Patience { request: Duration::from_secs(6), ..LEAST });
}

#[test]
fn a_client_that_cannot_be_closed_gets_less_time_for_it_until_it_can() {
    let mut needs = Needs::new(Close::Answered);
    let closed = |needs: &Needs| {
        let attempts = [needs.first_attempt(FULL, true, Duration::ZERO), needs.final_attempt(FULL)];
        assert_eq!(attempts[0].closed, attempts[1].closed);
        attempts[0].closed
    };
    let nothing = Needs::new(Close::Answered).longest;
    for _ in 0..IGNORED {
        assert_eq!(closed(&needs), FULL.observation);
        needs.learn(nothing, Close::Ignored);
        needs.learn(nothing, Close::NotSent);
    }
    assert_eq!(closed(&needs), CLOSED);
    assert!(needs.final_attempt(FULL).is_final(), "a failure by waiting is final all the same");
    assert!(!needs.final_attempt(FULL).expects_close());
    needs.learn(nothing, Close::Answered);
    assert_eq!(closed(&needs), FULL.observation);
    assert!(needs.final_attempt(FULL).expects_close());
    assert_eq!(closed(&Needs::new(Close::Ignored)), CLOSED);
}
