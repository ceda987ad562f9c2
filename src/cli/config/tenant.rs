//! `[tenant]`: which tenant, and how it is reached.

use super::{Config, Error};
use crate::graph::credential::TenantName;
use crate::graph::{ApiVersion, Cloud, Endpoints, Http, HttpOptions};

impl Config {
    /// The authority and Graph: of the cloud, or others that the file names.
    pub(crate) fn endpoints(&self) -> Result<Endpoints, Error> {
        let tenant = &self.file.tenant;
        let cloud: Cloud = tenant
            .cloud
            .as_deref()
            .map_or(Ok(Cloud::Global), str::parse)
            .map_err(|error| self.value_error("tenant.cloud", error))?;
        let mut endpoints = Endpoints::from(cloud);
        if let Some(url) = &tenant.graph_url {
            endpoints.graph = url
                .parse()
                .map_err(|error| self.value_error("tenant.graph_url", error))?;
        }
        if let Some(url) = &tenant.authority_url {
            endpoints.authority = url
                .parse()
                .map_err(|error| self.value_error("tenant.authority_url", error))?;
        }
        Ok(endpoints)
    }

    /// The HTTPS client for them.
    pub(crate) fn http(&self, endpoints: &Endpoints) -> Result<Http, Error> {
        let extra = self
            .file
            .tenant
            .ca_cert
            .as_deref()
            .map(|path| self.read_file(path))
            .transpose()?;
        let options = HttpOptions {
            extra_ca_pem: extra.into_iter().collect(),
            direct: endpoints.graph.is_loopback() && endpoints.authority.is_loopback(),
            ..HttpOptions::default()
        };
        Http::new(&options).map_err(|error| self.value_error("tenant.ca_cert", error))
    }

    /// The tenant's id or domain.
    pub(crate) fn tenant_name(&self) -> Result<TenantName, Error> {
        let id = self.require(self.file.tenant.id.as_ref(), "tenant.id")?;
        id.parse()
            .map_err(|error| self.value_error("tenant.id", error))
    }

    /// The version of Graph that is asked.
    pub(crate) fn graph_version(&self) -> Result<ApiVersion, Error> {
        match self.file.tenant.graph_version.as_deref() {
            None | Some("v1.0") => Ok(ApiVersion::V1),
            Some("beta") => Ok(ApiVersion::Beta),
            Some(other) => Err(self.value_error(
                "tenant.graph_version",
                format!("{other:?} is neither v1.0 nor beta"),
            )),
        }
    }

    /// Whether every value that is there makes sense, without looking at the files that it names.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        self.endpoints()?;
        self.graph_version()?;
        if self.file.tenant.id.is_some() {
            self.tenant_name()?;
        }
        self.station()?;
        self.attestation_policy()?;
        self.pin_policy()?;
        self.waivers()?;
        if !self.file.emergency.account.is_empty() {
            self.desired()?;
        }
        Ok(())
    }
}
