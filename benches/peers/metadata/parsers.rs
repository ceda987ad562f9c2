//! Times in one process: halligan on the signed blob, and halligan and fido-mds (the library of fido-mds-tool) on its bare
//! payload, because fido-mds trusts FIDO's roots only and no blob by FIDO is at hand.
//! usage: parsers BLOB ROOT-PEM PAYLOAD

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use halligan::attestation::Roots;
use halligan::attestation::mds::{
    Blob, CertificationLevel, Metadata, Origin, Payload, Query, date,
};
use jiff::Timestamp;

const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [blob, root, payload] = arguments.as_slice() else {
        return Err("usage: parsers BLOB ROOT-PEM PAYLOAD".into());
    };
    let (blob, payload) = (std::fs::read(blob)?, std::fs::read_to_string(payload)?);
    let roots = Roots::from_pem(&std::fs::read(root)?)?;
    let now = Timestamp::now();
    let models = |payload: Payload| ours(payload, now);
    let of_blob = || {
        models(
            Blob::verify(&blob, &roots, now)
                .expect("signed by this root")
                .payload,
        )
    };
    let of_payload = || models(Payload::parse(payload.as_bytes()).expect("FIDO's payload"));
    let theirs = || theirs(&payload);
    let times = in_turns([&of_blob, &of_payload, &theirs]);
    let [verified, parsed, fido_mds] = times;
    println!(
        "{{\"halligan\":{verified},\"halligan_payload\":{parsed},\"fido_mds_payload\":{fido_mds},"
    );
    println!(
        "\"halligan_models\":{},\"fido_mds_models\":{}}}",
        of_payload(),
        theirs()
    );
    Ok(())
}

/// FIDO2 models at L1 or higher.
fn ours(payload: Payload, now: Timestamp) -> usize {
    let origin = Origin {
        source: String::new(),
        stored_at: now,
        sha256: [0; 32],
    };
    let metadata = Metadata::new(payload, origin);
    let query = Query {
        protocol: Some("fido2".to_owned()),
        level: Some(CertificationLevel::L1),
        ..Query::default()
    };
    query.select(&metadata, date(now)).len()
}

fn theirs(payload: &str) -> usize {
    let raw: fido_mds::mds::FidoMds = serde_json::from_str(payload).expect("FIDO's payload");
    let metadata = fido_mds::FidoMds::from(raw);
    let query = "status gte l1".parse().expect("a query of fido-mds");
    metadata.fido2_query(&query).map_or(0, |found| found.len())
}

/// The median of each in milliseconds, one after the other in every round.
fn in_turns(actions: [&dyn Fn() -> usize; 3]) -> [f64; 3] {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (action, times) in actions.iter().zip(&mut times) {
            let start = Instant::now();
            black_box(action());
            times.push(start.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort();
        times[ROUNDS / 2].as_secs_f64() * 1000.0
    })
}
