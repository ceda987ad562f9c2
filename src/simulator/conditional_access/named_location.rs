//! `namedLocation`: networks and countries.

use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `namedLocation`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedLocation {
    /// Which kind, and what is in it.
    #[serde(flatten)]
    pub place: Place,
    /// Object id.
    pub id: Uuid,
    /// For people.
    pub display_name: String,
    /// When it was made.
    #[serde(default)]
    pub created_date_time: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default)]
    pub modified_date_time: Option<Timestamp>,
}

/// Networks or countries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum Place {
    /// `ipNamedLocation`
    #[serde(rename = "#microsoft.graph.ipNamedLocation", rename_all = "camelCase")]
    Networks {
        /// Whether they are the organization's own.
        #[serde(default)]
        is_trusted: bool,
        /// The networks.
        ip_ranges: Vec<IpRange>,
    },
    /// `countryNamedLocation`
    #[serde(
        rename = "#microsoft.graph.countryNamedLocation",
        rename_all = "camelCase"
    )]
    Countries {
        /// ISO 3166-2.
        countries_and_regions: Vec<String>,
        /// Whether addresses without a country are in it too.
        #[serde(default)]
        include_unknown_countries_and_regions: bool,
    },
}

/// `iPv4CidrRange` or `iPv6CidrRange`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IpRange {
    #[serde(rename = "@odata.type")]
    odata_type: IpRangeType,
    cidr_address: Network,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum IpRangeType {
    #[serde(rename = "#microsoft.graph.iPv4CidrRange")]
    V4,
    #[serde(rename = "#microsoft.graph.iPv6CidrRange")]
    V6,
}

/// `203.0.113.0/24`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text is no network in CIDR notation.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a network in CIDR notation")]
struct NotCidr(String);

impl TryFrom<String> for Network {
    type Error = NotCidr;

    fn try_from(text: String) -> Result<Self, NotCidr> {
        let parsed = text.split_once('/').and_then(|(address, prefix)| {
            let address = IpAddr::from_str(address).ok()?;
            let prefix = prefix.parse().ok()?;
            let longest = if address.is_ipv4() { 32 } else { 128 };
            (prefix <= longest).then_some(Self { address, prefix })
        });
        parsed.ok_or(NotCidr(text))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        format!("{}/{}", network.address, network.prefix)
    }
}

impl Network {
    fn has(&self, address: IpAddr) -> bool {
        let differing = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros()
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros()
            }
            _ => return false,
        };
        differing >= u32::from(self.prefix)
    }
}

impl NamedLocation {
    /// Whether it is marked as trusted, which only networks can be.
    #[must_use]
    pub const fn is_trusted(&self) -> bool {
        matches!(
            self.place,
            Place::Networks {
                is_trusted: true,
                ..
            }
        )
    }

    /// Whether a sign-in from this address, in this country, is from here; either may be unknown.
    #[must_use]
    pub fn has(&self, address: Option<IpAddr>, country: Option<&str>) -> bool {
        match &self.place {
            Place::Networks { ip_ranges, .. } => address.is_some_and(|address| {
                let mut ranges = ip_ranges.iter();
                ranges.any(|range| range.cidr_address.has(address))
            }),
            Place::Countries {
                countries_and_regions,
                include_unknown_countries_and_regions,
            } => country.map_or(*include_unknown_countries_and_regions, |country| {
                let mut countries = countries_and_regions.iter();
                countries.any(|known| known.eq_ignore_ascii_case(country))
            }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn networks(cidr: &str) -> NamedLocation {
        let kind = if cidr.contains(':') {
            "iPv6CidrRange"
        } else {
            "iPv4CidrRange"
        };
        let range = json!({"@odata.type": format!("#microsoft.graph.{kind}"), "cidrAddress": cidr});
        let location = json!({
            "@odata.type": "#microsoft.graph.ipNamedLocation", "id": Uuid::nil(),
            "displayName": "here", "ipRanges": [range],
        });
        serde_json::from_value(location).unwrap()
    }

    #[test]
    fn addresses_are_in_their_networks() {
        for (cidr, address, inside) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("6.5.4.3/32", "6.5.4.3", true),
            ("0.0.0.0/0", "198.51.100.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8:1::/48", "2001:db8:1:2::3", true),
            ("2001:db8:1::/48", "2001:db8:2::3", false),
        ] {
            let found = networks(cidr).has(address.parse().ok(), None);
            assert_eq!(found, inside, "{cidr} {address}");
        }
        assert!(!networks("203.0.113.0/24").has(None, Some("US")));
        assert!(!networks("203.0.113.0/24").is_trusted());
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in [
            "203.0.113.0",
            "203.0.113.0/33",
            "a/8",
            "2001:db8::/129",
            "/",
        ] {
            assert!(Network::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
