//! Properties of the boundary, over generated bodies. `PROPTEST_CASES` says over how many.

use my_worker_fuzz::{check, naive};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Any JSON, a few levels deep.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names(), inner), 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("text".to_owned()),
        Just("maxLength".to_owned()),
        Just("uppercase".to_owned()),
        any::<String>()
    ]
}

fn requests() -> impl Strategy<Value = Value> {
    (any::<String>(), prop_oneof![1..20_u64, any::<u64>()], any::<bool>(), values()).prop_map(
        |(text, max_length, uppercase, unknown)| {
            json!({ "text": text, "maxLength": max_length, "uppercase": uppercase, "unknown": unknown })
        },
    )
}

proptest! {
    #[test]
    fn answers_exactly_the_requests_that_the_contract_has(request in requests()) {
        let body = request.to_string();
        check(body.as_bytes());
        prop_assert_eq!(my_worker::process_text(body.as_bytes()).is_ok(), naive(&request).is_some());
    }

    #[test]
    fn refuses_other_json_in_fixed_words(value in values()) {
        check(value.to_string().as_bytes());
    }

    #[test]
    fn survives_a_change_of_any_byte(
        request in requests(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = request.to_string().into_bytes();
        let place = place.index(body.len());
        body[place] = byte;
        check(&body);
    }

    #[test]
    fn survives_any_bytes(body in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&body);
    }
}

#[test]
fn keeps_its_promises_over_the_corpus_of_the_fuzz_target() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/boundary");
    let files: Vec<_> = std::fs::read_dir(corpus).expect("a corpus").collect();
    assert!(!files.is_empty());
    for file in files {
        check(&std::fs::read(file.expect("a file").path()).expect("its bytes"));
    }
}
