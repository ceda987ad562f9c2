//! authenticatorBioEnrollment (CTAP 2.1 §6.7) and the prototype 0x40 of FIDO_2_1_PRE (§6.12), which differs only in its
//! tokens: there any token will do, here it needs the `be` permission.

use std::time::Duration;

use super::{AfterTouch, Reply};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::profile::{Fingerprint, FingerprintKind};
use crate::emulator::request::Map;
use crate::emulator::state::Template;
use crate::emulator::token::permission;
use crate::emulator::touch::Finger;
use crate::encoding::cbor::{self, Value};

/// The only modality.
const FINGERPRINT: u8 = 0x01;
const TEMPLATE_ID_LENGTH: usize = 16;

/// A finger of which there are not enough samples yet. It lasts until it is complete or cancelled, another enrollment
/// begins, or power is cut.
#[derive(Clone)]
pub(in crate::emulator) struct Enrollment {
    template_id: [u8; TEMPLATE_ID_LENGTH],
    remaining_samples: u8,
}

/// A sample that is waited for.
pub(in crate::emulator) struct Capture {
    enrollment: Enrollment,
    /// timeoutMilliseconds.
    pub(super) time_limit: Option<Duration>,
}

/// What the subcommands read from the request.
struct Request<'a> {
    subcommand: u8,
    modality: Option<u64>,
    parameters: Option<Map<'a>>,
    /// The parameters as they were signed. The request is canonical, so encoding them again gives the bytes that came.
    encoded_parameters: Vec<u8>,
    protocol: Option<u64>,
    pin_uv_auth_param: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    fn parse(parameters: Map<'a>) -> Result<Self, Status> {
        let encoded = parameters.optional::<&Value>(3)?;
        Ok(Self {
            subcommand: u8::try_from(parameters.required::<u64>(2)?)
                .map_err(|_| Status::InvalidSubcommand)?,
            modality: parameters.optional(1)?,
            parameters: parameters.optional(3)?,
            encoded_parameters: encoded.map(cbor::encode).unwrap_or_default(),
            protocol: parameters.optional(4)?,
            pin_uv_auth_param: parameters.optional(5)?,
        })
    }

    fn template_id(&self) -> Result<&'a [u8], Status> {
        let parameters = self.parameters.ok_or(Status::MissingParameter)?;
        parameters.required(1)
    }

    fn friendly_name(&self) -> Result<&'a str, Status> {
        let parameters = self.parameters.ok_or(Status::MissingParameter)?;
        parameters.required(2)
    }

    fn time_limit(&self) -> Result<Option<Duration>, Status> {
        let milliseconds = self.parameters.map(|parameters| parameters.optional(3));
        let milliseconds = milliseconds.transpose()?.flatten();
        Ok(milliseconds.map(Duration::from_millis))
    }
}

impl Authenticator {
    pub(in crate::emulator) fn bio_enrollment(
        &mut self,
        parameters: Map<'_>,
    ) -> Result<Reply, Status> {
        let Some(sensor) = self.profile.fingerprint.clone() else {
            return Err(Status::InvalidCommand);
        };
        if parameters.optional(6)? == Some(true) {
            let modality = Value::from(FINGERPRINT);
            return Ok(Reply::members([(1, Some(modality))]));
        }
        let request = Request::parse(parameters)?;
        let needs_token = matches!(request.subcommand, 0x01 | 0x02 | 0x04..=0x06);
        if needs_token && request.pin_uv_auth_param.is_none() {
            return Err(Status::PuatRequired);
        }
        match request.subcommand {
            0x01 => self.enroll_begin(&request, &sensor),
            0x02 => self.enroll_capture_next_sample(&request),
            0x03 => {
                self.enrollment = None;
                Ok(Reply::Empty)
            }
            0x04 => self.enumerate_enrollments(&request),
            0x05 => self.set_friendly_name(&request, &sensor),
            0x06 => self.remove_enrollment(&request),
            0x07 => Ok(sensor_info(&sensor)),
            _ => Err(Status::InvalidSubcommand),
        }
    }

    /// The checks that the subcommands with a token end their reading of the request with.
    fn authorize_enrollment(&mut self, request: &Request<'_>) -> Result<(), Status> {
        let param = request.pin_uv_auth_param.ok_or(Status::PuatRequired)?;
        let modality = request.modality.ok_or(Status::MissingParameter)?;
        if modality != u64::from(FINGERPRINT) {
            return Err(Status::InvalidParameter);
        }
        let number = request.protocol.ok_or(Status::MissingParameter)?;
        let protocol = self.protocol(number)?.protocol;
        let mut message = vec![FINGERPRINT, request.subcommand];
        message.extend_from_slice(&request.encoded_parameters);
        self.verify_token(protocol, &message, param)?;
        if !self.token.permits(permission::BE) {
            return Err(Status::PinAuthInvalid);
        }
        Ok(())
    }

    /// §6.7.4. Nothing of it is stored before the last sample.
    fn enroll_begin(
        &mut self,
        request: &Request<'_>,
        sensor: &Fingerprint,
    ) -> Result<Reply, Status> {
        let time_limit = request.time_limit()?;
        self.authorize_enrollment(request)?;
        if self.state().templates.len() >= sensor.templates {
            return Err(Status::FpDatabaseFull);
        }
        self.enrollment = None;
        let enrollment = Enrollment {
            template_id: self.env.random(),
            remaining_samples: sensor.samples.max(1),
        };
        Ok(Reply::Touch(AfterTouch::CaptureSample(Capture {
            enrollment,
            time_limit,
        })))
    }

    fn enroll_capture_next_sample(&mut self, request: &Request<'_>) -> Result<Reply, Status> {
        let template_id = request.template_id()?;
        let time_limit = request.time_limit()?;
        self.authorize_enrollment(request)?;
        // A copy: if this sample is cancelled, the enrollment is where it was.
        let enrollment = self
            .enrollment
            .clone()
            .filter(|enrollment| enrollment.template_id == template_id)
            .ok_or(Status::InvalidOption)?;
        Ok(Reply::Touch(AfterTouch::CaptureSample(Capture {
            enrollment,
            time_limit,
        })))
    }

    /// What the sensor has seen is an answer, not an error, also when it is nothing.
    pub(in crate::emulator) fn sample_captured(
        &mut self,
        capture: Capture,
        finger: Finger,
    ) -> Result<Reply, Status> {
        let Capture { mut enrollment, .. } = capture;
        if finger == Finger::Right {
            enrollment.remaining_samples = enrollment.remaining_samples.saturating_sub(1);
        }
        let is_first = self.enrollment.is_none();
        let template_id = enrollment.template_id.to_vec();
        let remaining_samples = enrollment.remaining_samples;
        self.enrollment = (remaining_samples > 0).then_some(enrollment);
        if remaining_samples == 0 {
            self.update(|state| {
                state.templates.push(Template {
                    id: template_id.clone(),
                    friendly_name: String::new(),
                });
            })?;
        }
        Ok(Reply::members([
            (4, is_first.then_some(Value::Bytes(template_id))),
            (5, Some(Value::from(last_enroll_sample_status(finger)))),
            (6, Some(Value::from(remaining_samples))),
        ]))
    }

    /// §6.7.6.
    fn enumerate_enrollments(&mut self, request: &Request<'_>) -> Result<Reply, Status> {
        self.authorize_enrollment(request)?;
        let templates = &self.state().templates;
        if templates.is_empty() {
            return Err(Status::InvalidOption);
        }
        let infos = templates.iter().map(template_info).collect();
        Ok(Reply::members([(7, Some(Value::Array(infos)))]))
    }

    /// §6.7.7.
    fn set_friendly_name(
        &mut self,
        request: &Request<'_>,
        sensor: &Fingerprint,
    ) -> Result<Reply, Status> {
        let template_id = request.template_id()?;
        let friendly_name = request.friendly_name()?;
        if friendly_name.len() > sensor.max_friendly_name {
            return Err(Status::InvalidLength);
        }
        self.authorize_enrollment(request)?;
        self.require_template(template_id)?;
        self.update(|state| {
            for template in &mut state.templates {
                if template.id == template_id {
                    friendly_name.clone_into(&mut template.friendly_name);
                }
            }
        })?;
        Ok(Reply::Empty)
    }

    /// §6.7.8. Without the last template there is no built-in user verification.
    fn remove_enrollment(&mut self, request: &Request<'_>) -> Result<Reply, Status> {
        let template_id = request.template_id()?;
        self.authorize_enrollment(request)?;
        self.require_template(template_id)?;
        self.update(|state| {
            state
                .templates
                .retain(|template| template.id != template_id);
        })?;
        Ok(Reply::Empty)
    }

    fn require_template(&self, id: &[u8]) -> Result<(), Status> {
        let templates = &self.state().templates;
        let is_there = templates.iter().any(|template| template.id == id);
        is_there.then_some(()).ok_or(Status::InvalidOption)
    }
}

/// getFingerprintSensorInfo, §6.7.3.
fn sensor_info(sensor: &Fingerprint) -> Reply {
    let kind: u8 = match sensor.kind {
        FingerprintKind::Touch => 1,
        FingerprintKind::Swipe => 2,
    };
    let max_friendly_name = u64::try_from(sensor.max_friendly_name).unwrap_or(u64::MAX);
    Reply::members([
        (2, Some(Value::from(kind))),
        (3, Some(Value::from(sensor.samples))),
        (8, Some(Value::from(max_friendly_name))),
    ])
}

/// CTAP2_ENROLL_FEEDBACK_…
fn last_enroll_sample_status(finger: Finger) -> u8 {
    match finger {
        Finger::Right => 0x00, // FP_GOOD
        Finger::Wrong => 0x07, // FP_POOR_QUALITY
        Finger::None => 0x0d,  // NO_USER_ACTIVITY
    }
}

/// The name is optional, but python-fido2 insists on it.
fn template_info(template: &Template) -> Value {
    cbor::map([
        (1, Value::Bytes(template.id.clone())),
        (2, Value::from(template.friendly_name.as_str())),
    ])
}
