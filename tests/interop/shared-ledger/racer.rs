//! One process of a race: a station that appends checks of a key that was never at hand, as fast as it can.
//!
//! usage: racer LEDGER STATION-NAME ENTRIES
//!
//! The station is new, and gone afterwards. Credentials of an object store come from the environment, as the tool takes them.

use std::error::Error;
use std::time::Instant;

use halligan::env::Env;
use halligan::ledger::{Draft, Kind, Ledger, Settings, Station, Store};
use serde_json::{Map, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [location, name, entries] = arguments.as_slice() else {
        return Err("usage: racer LEDGER STATION-NAME ENTRIES".into());
    };
    // The process's TLS provider; a stand-in on loopback does without, the client is made all the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings: Settings = std::env::vars().collect();
    let env = Env::system();
    let station = Station::from_seed(name.parse()?, &env.random());
    let store = Store::open_with(location, &settings)?;
    let mut ledger = Ledger::open_store(store, &station, env).await?;
    let started = Instant::now();
    for number in 0..entries.parse::<u32>()? {
        let body = json!({"station": name, "number": number, "filling": "x".repeat(400)});
        let draft = Draft {
            kind: "race.run".parse::<Kind>()?,
            ceremony: None,
            body: Map::from_iter([("run".to_owned(), body)]),
            proof: None,
        };
        ledger.append(draft).await?;
    }
    let head = ledger.head().map(|head| head.to_string());
    // One line for the script that started it.
    let line = json!({"station": name, "seconds": started.elapsed().as_secs_f64(), "head": head});
    std::io::Write::write_all(&mut std::io::stdout(), format!("{line}\n").as_bytes())?;
    Ok(())
}
