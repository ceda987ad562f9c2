//! Command APDUs (ISO 7816-4 §5.1), with short and with extended length fields.

/// A command APDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Apdu<'a> {
    pub(super) cla: u8,
    pub(super) ins: u8,
    pub(super) p1: u8,
    /// Lc, data and Le, each of which can be absent.
    body: &'a [u8],
}

impl<'a> Apdu<'a> {
    /// `None` when there is not even a header.
    pub(super) fn parse(command: &'a [u8]) -> Option<Self> {
        let (&[cla, ins, p1, _p2], body) = command.split_first_chunk()?;
        Some(Self { cla, ins, p1, body })
    }

    /// The data; `None` when the length fields do not agree with what is there. Le is not looked at: CTAPHID has no
    /// GET RESPONSE by which a host could fetch the rest, so the whole response is sent in any case.
    pub(super) fn data(&self) -> Option<&'a [u8]> {
        match self.body {
            // Cases 1, 2 short, 2 extended: no data.
            [] | [_] | [0, _, _] => Some(&[]),
            [0, high, low, rest @ ..] => counted(rest, u16::from_be_bytes([*high, *low]).into(), 2),
            [lc, rest @ ..] => counted(rest, (*lc).into(), 1),
        }
    }
}

/// Lc bytes, then Le or nothing. ISO 7816-4 has no Lc of zero, but hosts send it.
fn counted(rest: &[u8], lc: usize, le_length: usize) -> Option<&[u8]> {
    let (data, le) = rest.split_at_checked(lc)?;
    (le.is_empty() || le.len() == le_length).then_some(data)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn data(body: &[u8]) -> Option<Vec<u8>> {
        let command = [&[0, 1, 2, 3], body].concat();
        Apdu::parse(&command)?.data().map(<[u8]>::to_vec)
    }

    #[test]
    fn all_cases_of_iso_7816_4_have_their_data() {
        let none = Some(Vec::new());
        let two = Some(vec![7, 8]);
        for (body, expected) in [
            (&[][..], &none),
            (&[0], &none),
            (&[255], &none),
            (&[0, 0, 0], &none),
            (&[0, 1, 0], &none),
            // As python-fido2 and libfido2 ask for the version.
            (&[0, 0, 0, 0, 0], &none),
            (&[2, 7, 8], &two),
            (&[2, 7, 8, 0], &two),
            (&[0, 0, 2, 7, 8], &two),
            (&[0, 0, 2, 7, 8, 0, 0], &two),
        ] {
            assert_eq!(data(body), *expected, "{body:02x?}");
        }
    }

    #[test]
    fn length_fields_that_disagree_with_the_data_are_refused() {
        for body in [
            &[2, 7][..],
            &[2, 7, 8, 0, 0],
            &[0, 0, 2, 7],
            &[0, 0, 2, 7, 8, 0],
            &[0, 0, 2, 7, 8, 0, 0, 0],
            &[0, 0xff, 0xff, 7],
        ] {
            assert_eq!(data(body), None, "{body:02x?}");
        }
        assert_eq!(Apdu::parse(&[0, 1, 2]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_have_data_or_none(command in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Some(data) = Apdu::parse(&command).and_then(|apdu| apdu.data()) {
                prop_assert!(data.len() + 4 <= command.len());
            }
        }

        #[test]
        fn data_survives_both_encodings(
            sent in prop::collection::vec(any::<u8>(), 1..=255),
            extended in any::<bool>(),
            with_le in any::<bool>(),
        ) {
            let length = u8::try_from(sent.len()).expect("at most 255");
            let lc = if extended { vec![0, 0, length] } else { vec![length] };
            let le = vec![0; usize::from(with_le) * if extended { 2 } else { 1 }];
            prop_assert_eq!(data(&[lc, sent.clone(), le].concat()), Some(sent));
        }
    }
}
