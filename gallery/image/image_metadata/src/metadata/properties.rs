//! The size of the picture in a HEIC or AVIF file as a decoder shows it. Its properties crop and turn it (HEIF, ISO/IEC
//! 23008-12, sections 6.5 and 9.3).

use super::boxes::Content;

/// Width and height of the primary item; none when it has none that a decoder could show. An item that is made of
/// others, as a grid is of tiles, has a size of its own.
pub fn size(meta: Content) -> Option<[u32; 2]> {
    let properties = properties(meta)?;
    let (_, mut extents) = *properties.iter().find(|(name, _)| *name == b"ispe")?;
    let [_, mut width, mut height] = extents.words()?;
    // In the order in which the item has them: turned and then cropped is not cropped and then turned.
    for (name, mut property) in properties {
        match name {
            b"clap" => {
                // Width and height, then how far their centre is from the picture's: each is a fraction.
                let [w, x, h, y, across, a, down, d] = property.words()?;
                width = cropped(width, [w, x], [across, a])?;
                height = cropped(height, [h, y], [down, d])?;
            }
            b"irot" if property.number(1)? % 2 == 1 => (width, height) = (height, width),
            // Scales, which no decoder does.
            b"iscl" => return None,
            // A mirror, `imir`, leaves the size as it is.
            _ => {}
        }
    }
    (width > 0 && height > 0).then_some([width, height])
}

/// One side of the clean aperture (ISO/IEC 14496-12, section 12.1.4), as much of it as lies in the picture. As in
/// libheif a length is rounded to whole pixels, and a start between two of them is the first.
fn cropped(side: u32, aperture: [u32; 2], offset: [u32; 2]) -> Option<u32> {
    let known = 1..=i32::MAX as u32;
    if !known.contains(&aperture[1]) || !known.contains(&offset[1]) {
        return None;
    }
    let length = f64::from(aperture[0]) / f64::from(aperture[1]);
    // Of the offset the numerator has a sign.
    let offset = f64::from(offset[0] as i32) / f64::from(offset[1]);
    let start = (offset + (f64::from(side) - length) / 2.0) as i64;
    let end = start + (length + 0.5) as i64;
    u32::try_from(end.min(side.into()) - start.max(0)).ok()
}

type Property<'a> = (&'a [u8], Content<'a>);

/// The properties of the primary item, by name.
fn properties(meta: Content) -> Option<Vec<Property>> {
    let mut pitm = meta.find(b"pitm")?;
    let (version, _) = pitm.version()?;
    let primary = pitm.number(if version == 0 { 2 } else { 4 })?;
    let iprp = meta.find(b"iprp")?;
    let all: Vec<_> = iprp.find(b"ipco")?.boxes().take(MOST).collect();
    let mut tables = iprp.boxes().filter(|(name, _)| *name == b"ipma");
    let numbers = tables.find_map(|(_, ipma)| numbers_of(primary, ipma))?;
    // Counted from 1; 0 is for none.
    let known = numbers.iter().filter(|number| **number > 0);
    known.map(|number| all.get(number - 1).copied()).collect()
}

/// No larger number of a property can be stated.
const MOST: usize = 0x7fff;

/// The numbers of an item's properties.
fn numbers_of(wanted: u64, mut ipma: Content) -> Option<Vec<usize>> {
    let (version, flags) = ipma.version()?;
    let id_size = if version == 0 { 2 } else { 4 };
    let number_size = 1 + (flags & 1);
    for _ in 0..ipma.number(4)? {
        let id = ipma.number(id_size)?;
        let count = ipma.number(1)?;
        let mut numbers = Content(ipma.take(count * number_size)?);
        if id == wanted {
            // The first bit tells whether a reader has to know the property.
            let mask = (1 << (8 * number_size - 1)) - 1;
            let next = |_| Some((numbers.number(number_size)? & mask) as usize);
            return (0..count).map(next).collect();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::boxes::Content;
    use super::super::heif::meta;
    use super::super::heif_samples::{Pictures, clap, heif, imir, irot, ispe, put_box};
    use super::super::source::Source;

    fn size(pictures: Pictures) -> Option<[u32; 2]> {
        let file = heif(b"heic", b"", true, &pictures);
        super::size(meta(&Source::new(&file)).expect("a box meta"))
    }

    fn less(number: u32) -> u32 {
        number.wrapping_neg()
    }

    #[test]
    fn a_picture_has_the_size_that_its_properties_leave() {
        // From 452 x 462 at the left and top, as encoders write an odd size.
        let odd = || clap([451, 1, 461, 1, less(1), 2, less(1), 2]);
        let middle = || clap([100, 1, 50, 1, 0, 1, 0, 1]);
        let rows = [
            (vec![], Some([452, 462])),
            (vec![irot(0)], Some([452, 462])),
            (vec![irot(1)], Some([462, 452])),
            (vec![irot(2)], Some([452, 462])),
            (vec![irot(3)], Some([462, 452])),
            // Of the byte two bits count.
            (vec![irot(0xfd)], Some([462, 452])),
            (vec![irot(1), irot(1)], Some([452, 462])),
            (vec![imir(0)], Some([452, 462])),
            (vec![imir(1), irot(1)], Some([462, 452])),
            (vec![odd()], Some([451, 461])),
            (vec![odd(), irot(1)], Some([461, 451])),
            (vec![odd(), irot(3), imir(1)], Some([461, 451])),
            (vec![imir(0), odd()], Some([451, 461])),
            (vec![middle(), irot(1)], Some([50, 100])),
            (vec![irot(1), middle()], Some([100, 50])),
            (vec![odd(), middle()], Some([100, 50])),
            // Scaling, which no decoder does.
            (vec![put_box(b"iscl", &[&[0; 12]])], None),
            (
                vec![put_box(b"pasp", &[&[0, 0, 0, 2, 0, 0, 0, 1]])],
                Some([452, 462]),
            ),
            // Cut off.
            (vec![put_box(b"irot", &[])], None),
            (vec![put_box(b"clap", &[&[0; 31]])], None),
        ];
        for (number, (properties, expected)) in rows.into_iter().enumerate() {
            let picture = [vec![ispe(452, 462)], properties].concat();
            assert_eq!(size(vec![picture]), expected, "row {number}");
        }
    }

    #[test]
    fn a_clean_aperture_is_as_much_of_it_as_lies_in_the_picture() {
        let whole = Some([400, 300]);
        let rows = [
            ([400, 1, 300, 1, 0, 1, 0, 1], whole),
            ([1, 1, 1, 1, 0, 1, 0, 1], Some([1, 1])),
            ([800, 2, 900, 3, 0, 1, 0, 1], whole),
            // To the nearest whole pixel.
            ([399, 2, 301, 2, 0, 1, 0, 1], Some([200, 151])),
            ([397, 4, 298, 3, 0, 1, 0, 1], Some([99, 99])),
            // Larger than the picture, and beyond its sides.
            ([500, 1, 400, 1, 0, 1, 0, 1], whole),
            ([u32::MAX, 1, i32::MAX as u32, 1, 0, 1, 0, 1], whole),
            ([399, 1, 299, 1, 1, 1, 1, 1], Some([399, 299])),
            ([100, 1, 100, 1, 200, 1, 150, 1], Some([50, 50])),
            ([100, 1, 100, 1, less(200), 1, less(150), 1], Some([50, 50])),
            // Past them, and of no size.
            ([100, 1, 100, 1, 250, 1, 0, 1], None),
            ([100, 1, 100, 1, 0, 1, less(200), 1], None),
            ([100, 1, 100, 1, less(i32::MAX as u32), 1, 0, 1], None),
            ([0, 1, 300, 1, 0, 1, 0, 1], None),
            ([1, 3, 300, 1, 0, 1, 0, 1], None),
            // No fractions.
            ([400, 0, 300, 1, 0, 1, 0, 1], None),
            ([400, 1, 300, 0, 0, 1, 0, 1], None),
            ([400, 1, 300, 1, 0, 0, 0, 1], None),
            ([400, 1, 300, 1, 0, 1, 0, 0], None),
            ([400, less(1), 300, 1, 0, 1, 0, 1], None),
            ([400, 1, 300, 1, 0, 1, 0, less(1)], None),
        ];
        for (fractions, expected) in rows {
            let picture = vec![ispe(400, 300), clap(fractions)];
            assert_eq!(size(vec![picture]), expected, "{fractions:?}");
        }
    }

    #[test]
    fn a_picture_is_the_primary_item_with_its_own_properties() {
        let ipco = [ispe(40, 30), irot(1), ispe(80, 60)].concat();
        let size = |pitm: &[u8], tables: &[&[u8]]| {
            let ipma = tables.iter().map(|table| put_box(b"ipma", &[table]));
            let iprp = [
                put_box(b"ipco", &[&ipco]),
                ipma.collect::<Vec<_>>().concat(),
            ];
            let boxes = [
                put_box(b"pitm", &[pitm]),
                put_box(b"iprp", &[&iprp.concat()]),
            ];
            super::size(Content(&boxes.concat()))
        };
        let small = [0, 0, 0, 0, 0, 0, 0, 1, 0, 7, 1, 1];
        let turned = [0, 0, 0, 0, 0, 0, 0, 2, 0, 6, 1, 3, 0, 7, 2, 0x81, 0x82];
        let wide_ids = [1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 7, 2, 3, 2];
        let wide_numbers = [0, 0, 0, 1, 0, 0, 0, 1, 0, 7, 3, 0x80, 2, 0, 0, 0x80, 3];
        let first = [0, 0, 0, 0, 0, 7];
        let rows: [(&[u8], &[&[u8]], _); 13] = [
            (&first, &[&small], Some([40, 30])),
            (&first, &[&turned], Some([30, 40])),
            (&[0, 0, 0, 0, 0, 6], &[&turned], Some([80, 60])),
            (&[1, 0, 0, 0, 0, 1, 0, 7], &[&wide_ids], Some([60, 80])),
            (&first, &[&wide_numbers], Some([60, 80])),
            (&first, &[&wide_ids, &small, &turned], Some([40, 30])),
            // No such item, in no table or none that is whole.
            (&[0, 0, 0, 0, 0, 5], &[&turned], None),
            (&first, &[], None),
            (&first, &[&turned[..15]], None),
            (&first, &[&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]], None),
            (&[0, 0, 0, 0, 0], &[&small], None),
            // No size, and no such property.
            (&first, &[&[0, 0, 0, 0, 0, 0, 0, 1, 0, 7, 1, 2]], None),
            (&first, &[&[0, 0, 0, 0, 0, 0, 0, 1, 0, 7, 2, 1, 4]], None),
        ];
        for (number, (pitm, tables, expected)) in rows.into_iter().enumerate() {
            assert_eq!(size(pitm, tables), expected, "row {number}");
        }
    }
}
