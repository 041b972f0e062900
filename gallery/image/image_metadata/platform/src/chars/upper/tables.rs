//! Makes the tables of upper case, and that of the check for UTF-8, from what std says, and compares. A plan says which
//! bytes share a class, for a table has room for eight; the rest of each class follows. A table that differs is printed
//! as it should be.

use super::classes::{ALL, Classes};
use super::long::CLASSES;
use super::pairs::{BY_HIGH_HALF, BY_LEAD, FIRST, GREEK, IRREGULAR, REGULAR};
use crate::chars::utf8::MISTAKES;
use std::collections::{BTreeMap, BTreeSet};

/// The first bytes, or their upper halves, and two sets of halves.
type Class = [Vec<u8>; 3];

fn expect_classes(name: &str, origin: u8, made: &[Class], table: &Classes) {
    let listed = |bytes: &[u8]| {
        let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:#x}")).collect();
        format!("&[{}]", bytes.join(", "))
    };
    let source: String = made
        .iter()
        .map(|[a, b, c]| format!("    ({}, {}, {}),\n", listed(a), listed(b), listed(c)))
        .collect();
    let sets: Vec<_> = made
        .iter()
        .map(|[a, b, c]| (&a[..], &b[..], &c[..]))
        .collect();
    let sets = sets.try_into().expect("eight classes");
    assert!(
        Classes::new(origin, sets) == *table,
        "{name} should be\n{source}"
    );
}

fn has(classes: &[Class], [first, second, third]: [u8; 3]) -> bool {
    classes.iter().any(|[firsts, seconds, thirds]| {
        firsts.contains(&first) && seconds.contains(&second) && thirds.contains(&third)
    })
}

/// The halves for which it is so.
fn halves(is_so: impl Fn(u8) -> bool) -> Vec<u8> {
    (0..16).filter(|half| is_so(*half)).collect()
}

/// All from the least to the greatest.
fn range(bytes: impl Iterator<Item = u8> + Clone) -> Vec<u8> {
    match (bytes.clone().min(), bytes.max()) {
        (Some(least), Some(greatest)) => (least..=greatest).collect(),
        _ => vec![],
    }
}

/// Which pairs are alike: each class has these leads and these upper halves of the second byte. Those of the first one
/// have the lead before theirs in upper case.
const REGULAR_PLAN: [(&[u8], &[u8]); 8] = [
    (&[0xcf, 0xd1], &[0x8, 0x9]),
    (&[0xce], &[0xa]),
    (&[0xc3], &[0xa]),
    (&[0xc3, 0xce, 0xd0], &[0xb]),
    (&[0xc4], &[0x8, 0x9, 0xa]),
    (&[0xc5], &[0x9, 0xa]),
    (&[0xc4, 0xc5], &[0xb]),
    (&[0xc5], &[0x8]),
];

/// What is left of the exceptions when whole rows are taken out: those of a line share a class.
const IRREGULAR_PLAN: [&str; 5] = ["µı", "ß÷ÿ", "Ϗ", "ŀΐΰ", "ŉſ"];

fn leads() -> impl Iterator<Item = u8> {
    FIRST..FIRST + 16
}

fn upper([lead, high, low]: [u8; 3]) -> Vec<u8> {
    let pair = [lead, high << 4 | low];
    let text = str::from_utf8(&pair).expect("a character of two bytes");
    text.to_uppercase().into_bytes()
}

/// What upper case takes from both bytes, if it has two as well.
fn change([lead, high, low]: [u8; 3]) -> Option<[u8; 2]> {
    let [first, second] = upper([lead, high, low]).try_into().ok()?;
    let change = [
        lead.wrapping_sub(first),
        (high << 4 | low).wrapping_sub(second),
    ];
    (change != [0, 0]).then_some(change)
}

/// What the tables say that upper case takes from the second byte.
struct Distances {
    by_lead: [u8; 16],
    by_high_half: [u8; 16],
    greek: [u8; 16],
}

impl Distances {
    fn made() -> Self {
        let distance = |pair| change(pair).map_or(0, |[_, second]| second);
        // Of the lead 0xcf, all of it. Where 0xce and 0xcf differ by one number, the rest is that of 0xce.
        let mut greek = [0; 16];
        for low in 0..0xf {
            greek[usize::from(low)] = distance([0xcf, 0x8, low]);
        }
        let base = |low: u8| distance([0xce, 0xa, low]).wrapping_sub(greek[usize::from(low)]);
        let of_alpha = base(0xc);
        assert_eq!([0xd, 0xe].map(base), [of_alpha; 2]);
        greek[0xf] = distance([0xce, 0xa, 0xf]).wrapping_sub(of_alpha);
        // Of a row, that of most characters. It is both bytes together, so each has the bits of all its rows.
        let mut made = Self {
            by_lead: [0; 16],
            by_high_half: [0; 16],
            greek,
        };
        for (leads, highs) in REGULAR_PLAN {
            for (lead, high) in leads
                .iter()
                .flat_map(|lead| highs.iter().map(|high| (*lead, *high)))
            {
                let mut numbers = BTreeMap::new();
                for change in (0..16).filter_map(|low| change([lead, high, low])) {
                    *numbers.entry(change).or_insert(0) += 1;
                }
                let most = numbers.into_iter().max_by_key(|(_, number)| *number);
                let distance = match (lead, high, most) {
                    (0xcf, ..) => 0,
                    (0xce, 0xa, _) => of_alpha,
                    (.., most) => most.map_or(0, |([_, second], _)| second),
                };
                made.by_lead[usize::from(lead - FIRST)] |= distance;
                made.by_high_half[usize::from(high)] |= distance;
            }
        }
        made
    }

    /// What is taken from both bytes of a pair that is regular.
    fn change(&self, [lead, high, low]: [u8; 3]) -> [u8; 2] {
        let (leads, highs) = REGULAR_PLAN[0];
        let first = leads.contains(&lead) && highs.contains(&high);
        let second = self.by_lead[usize::from(lead - FIRST)] & self.by_high_half[usize::from(high)];
        let is_greek = lead == 0xcf || (lead, high) == (0xce, 0xa);
        let greek = if is_greek {
            self.greek[usize::from(low)]
        } else {
            0
        };
        [first.into(), second.wrapping_add(greek)]
    }

    fn regular(&self) -> Vec<Class> {
        let classes = REGULAR_PLAN.map(|(leads, highs)| {
            let lows = halves(|low| {
                leads.iter().any(|lead| {
                    highs.iter().any(|high| {
                        let pair = [*lead, *high, low];
                        change(pair) == Some(self.change(pair))
                    })
                })
            });
            [leads.to_vec(), highs.to_vec(), lows]
        });
        classes.to_vec()
    }

    /// Whether a pair is mapped wrongly as one that is regular, or as one without case.
    fn is_exception(&self, regular: &[Class], pair @ [lead, high, low]: [u8; 3]) -> bool {
        let [first, second] = match has(regular, pair) {
            true => self.change(pair),
            false => [0, 0],
        };
        upper(pair) != [lead - first, (high << 4 | low).wrapping_sub(second)]
    }
}

#[test]
fn the_distances_are_those_of_std() {
    let made = Distances::made();
    for (name, made, table) in [
        ("BY_LEAD", made.by_lead, BY_LEAD),
        ("BY_HIGH_HALF", made.by_high_half, BY_HIGH_HALF),
        ("GREEK", made.greek, GREEK),
    ] {
        let source = made.map(|byte| format!("{byte:#x}")).join(", ");
        assert!(made == table, "{name} should be\n    [{source}]");
    }
}

#[test]
fn the_regular_pairs_are_those_of_std() {
    let regular = Distances::made().regular();
    expect_classes("REGULAR", FIRST, &regular, &REGULAR);
}

#[test]
fn the_irregular_pairs_are_all_others_of_std() {
    let distances = Distances::made();
    let regular = distances.regular();
    let exceptions = |lead, high| halves(|low| distances.is_exception(&regular, [lead, high, low]));
    let rows = |lead| (0x8..0xc).map(move |high| exceptions(lead, high).len());
    // Leads that have exceptions and nothing regular are taken as a whole, and so are rows with many exceptions.
    let is_whole = |lead| {
        rows(lead).sum::<usize>() > 1 && !regular.iter().any(|[leads, ..]| leads.contains(&lead))
    };
    let in_row =
        |high| leads().filter(move |lead| is_whole(*lead) || exceptions(*lead, high).len() > 3);
    let mut made: Vec<Class> = vec![];
    for high in 0x8..0xc {
        let leads: Vec<_> = in_row(high).collect();
        match made.last_mut() {
            Some([same, highs, _]) if *same == leads => highs.push(high),
            _ => made.push([leads, vec![high], ALL.to_vec()]),
        }
    }
    let pairs = |line: &str| -> BTreeSet<[u8; 3]> {
        let bytes = line.as_bytes().as_chunks::<2>().0.iter();
        bytes
            .map(|[lead, second]| [*lead, second >> 4, second & 0xf])
            .collect()
    };
    let left: BTreeSet<_> = leads()
        .flat_map(|lead| (0x8..0xc).map(move |high| (lead, high)))
        .flat_map(|(lead, high)| {
            exceptions(lead, high)
                .into_iter()
                .map(move |low| [lead, high, low])
        })
        .filter(|pair| !has(&made, *pair))
        .collect();
    assert_eq!(left, pairs(&IRREGULAR_PLAN.concat()), "the plan");
    for line in IRREGULAR_PLAN {
        let column = |number: usize| -> Vec<u8> {
            let bytes: BTreeSet<_> = pairs(line).iter().map(|pair| pair[number]).collect();
            bytes.into_iter().collect()
        };
        made.push([0, 1, 2].map(column));
    }
    expect_classes("IRREGULAR", FIRST, &made, &IRREGULAR);
}

/// How the classes of a lead are drawn around the second bytes of its characters with an upper case.
enum Around {
    /// All second bytes.
    Lead,
    /// From the least to the greatest half, both upper and lower ones.
    Box,
    /// The same for each upper half: other characters of the lead are frequent.
    EachHighHalf,
}

const LONG_PLAN: [(u8, Around); 5] = [
    (0xe1, Around::Lead),
    (0xe2, Around::EachHighHalf),
    (0xea, Around::Box),
    (0xef, Around::EachHighHalf),
    (0xf0, Around::Box),
];

#[test]
#[cfg_attr(miri, ignore = "goes through all characters")]
fn the_long_characters_with_an_upper_case_are_those_of_std() {
    let mut seconds: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
    for char in '\u{800}'..=char::MAX {
        if !char.to_uppercase().eq([char]) {
            let mut buffer = [0; 4];
            let bytes = char.encode_utf8(&mut buffer).as_bytes();
            seconds.entry(bytes[0]).or_default().insert(bytes[1]);
        }
    }
    let leads = LONG_PLAN.map(|(lead, _)| lead);
    assert!(seconds.keys().eq(&leads), "the plan: {:x?}", seconds.keys());
    let mut made: Vec<Class> = vec![];
    for (lead, around) in LONG_PLAN {
        let seconds = &seconds[&lead];
        let high = |second: &u8| second >> 4;
        let low = |second: &u8| second & 0xf;
        let highs = range(seconds.iter().map(high));
        match around {
            Around::Lead => made.push([vec![lead], (0x8..0xc).collect(), ALL.to_vec()]),
            Around::Box => made.push([vec![lead], highs, range(seconds.iter().map(low))]),
            Around::EachHighHalf => {
                for row in highs {
                    let lows = range(seconds.iter().filter(|second| high(second) == row).map(low));
                    if !lows.is_empty() {
                        made.push([vec![lead], vec![row], lows]);
                    }
                }
            }
        }
    }
    expect_classes("CLASSES", 0xe0, &made, &CLASSES);
}

/// The upper halves of two bytes, for each class but the last.
const MISTAKES_PLAN: [(&[u8], &[u8]); 7] = [
    (
        &[0xc, 0xd, 0xe, 0xf],
        &[0, 1, 2, 3, 4, 5, 6, 7, 0xc, 0xd, 0xe, 0xf],
    ),
    (&[0, 1, 2, 3, 4, 5, 6, 7], &[0x8, 0x9, 0xa, 0xb]),
    (&[0xc], &[0x8, 0x9, 0xa, 0xb]),
    (&[0xe], &[0x8, 0x9]),
    (&[0xe], &[0xa, 0xb]),
    (&[0xf], &[0x8]),
    (&[0xf], &[0x9, 0xa, 0xb]),
];

#[test]
#[cfg_attr(miri, ignore = "goes through all characters")]
fn the_mistakes_are_what_no_characters_of_std_have() {
    // By a byte and the upper half of the next one: what a character begins with, and what it goes on with.
    let [mut begins, mut goes_on] = [[[false; 16]; 256]; 2];
    let [mut firsts, mut lasts] = [[false; 256]; 2];
    for char in '\0'..=char::MAX {
        let mut buffer = [0; 4];
        let bytes = char.encode_utf8(&mut buffer).as_bytes();
        firsts[usize::from(bytes[0])] = true;
        lasts[usize::from(bytes[bytes.len() - 1])] = true;
        for (place, pair) in bytes.windows(2).enumerate() {
            let seen = if place == 0 {
                &mut begins
            } else {
                &mut goes_on
            };
            seen[usize::from(pair[0])][usize::from(pair[1] >> 4)] = true;
        }
    }
    let follows = |next: u8| (0..16).any(|low| firsts[usize::from(next << 4 | low)]);
    let at = |high: u8, low: u8| usize::from(high << 4 | low);
    let is_mistake = |high: u8, low: u8, next: u8| {
        let first = at(high, low);
        let half = usize::from(next);
        !(begins[first][half] || goes_on[first][half] || lasts[first] && follows(next))
    };
    let mut made: Vec<Class> = vec![];
    for (highs, nexts) in MISTAKES_PLAN {
        let any = |low| {
            let in_row = |high: u8| nexts.iter().any(|next| is_mistake(high, low, *next));
            highs.iter().any(|high| in_row(*high))
        };
        made.push([highs.to_vec(), halves(any), nexts.to_vec()]);
    }
    for first in 0..=u8::MAX {
        for next in 0..16 {
            let [high, low] = [first >> 4, first & 0xf];
            let is_made = has(&made, [high, low, next]);
            assert_eq!(
                is_made,
                is_mistake(high, low, next),
                "the plan: {first:x} {next:x}"
            );
        }
    }
    // The last class has the places where a character goes on: a mistake, unless it is long enough.
    let any = |is_so: &dyn Fn(u8, u8) -> bool| (0..16).any(|a| (0..16).any(|b| is_so(a, b)));
    let goes_on = |high: u8, low: u8, next: u8| goes_on[at(high, low)][usize::from(next)];
    made.push([
        halves(|high| any(&|low, next| goes_on(high, low, next))),
        halves(|low| any(&|high, next| goes_on(high, low, next))),
        halves(|next| any(&|high, low| goes_on(high, low, next))),
    ]);
    expect_classes("MISTAKES", 0, &made, &MISTAKES);
}
