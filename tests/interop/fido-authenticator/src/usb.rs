//! A USB bus without wires: one packet each way, as on the interrupt endpoints of the device.

use std::sync::{Arc, Mutex};

use usb_device::bus::{PollResult, UsbBus};
use usb_device::endpoint::{EndpointAddress, EndpointType};
use usb_device::{Result, UsbDirection, UsbError};

/// What CTAPHID moves.
pub type Report = [u8; 64];

/// The host's end, and with [`UsbBus`] the device's; clones share the bus.
#[derive(Clone, Default)]
pub struct Bus(Arc<Mutex<Packets>>);

#[derive(Default)]
struct Packets {
    endpoints: u8,
    to_device: Option<Report>,
    to_host: Option<Report>,
    /// The host has taken a packet, which the device has not been told yet.
    taken: bool,
}

impl Bus {
    /// Sends a report to the device.
    pub fn send(&self, report: Report) {
        self.packets().to_device = Some(report);
    }

    /// Takes the report that the device has ready.
    pub fn take(&self) -> Option<Report> {
        let mut packets = self.packets();
        let report = packets.to_host.take();
        packets.taken |= report.is_some();
        report
    }

    fn packets(&self) -> std::sync::MutexGuard<'_, Packets> {
        self.0.lock().expect("nobody panics while holding the bus")
    }
}

impl UsbBus for Bus {
    fn alloc_ep(
        &mut self,
        direction: UsbDirection,
        address: Option<EndpointAddress>,
        _: EndpointType,
        _: u16,
        _: u8,
    ) -> Result<EndpointAddress> {
        let mut packets = self.packets();
        Ok(address.unwrap_or_else(|| {
            packets.endpoints += 1;
            EndpointAddress::from_parts(packets.endpoints.into(), direction)
        }))
    }

    fn write(&self, _: EndpointAddress, packet: &[u8]) -> Result<usize> {
        let mut packets = self.packets();
        if packets.to_host.is_some() {
            return Err(UsbError::WouldBlock);
        }
        packets.to_host = Some(packet.try_into().map_err(|_| UsbError::BufferOverflow)?);
        Ok(packet.len())
    }

    fn read(&self, _: EndpointAddress, buffer: &mut [u8]) -> Result<usize> {
        let report = self.packets().to_device.take();
        let report = report.ok_or(UsbError::WouldBlock)?;
        let buffer = buffer
            .get_mut(..report.len())
            .ok_or(UsbError::BufferOverflow)?;
        buffer.copy_from_slice(&report);
        Ok(report.len())
    }

    fn poll(&self) -> PollResult {
        let mut packets = self.packets();
        let taken = std::mem::take(&mut packets.taken);
        if packets.to_device.is_none() && !taken {
            return PollResult::None;
        }
        // Any endpoint but the control endpoint 0: the class compares the addresses itself.
        let others = |happened: bool| if happened { !1 } else { 0 };
        PollResult::Data {
            ep_out: others(packets.to_device.is_some()),
            ep_in_complete: others(taken),
            ep_setup: 0,
        }
    }

    fn enable(&mut self) {}
    fn reset(&self) {}
    fn set_device_address(&self, _: u8) {}
    fn set_stalled(&self, _: EndpointAddress, _: bool) {}
    fn is_stalled(&self, _: EndpointAddress) -> bool {
        false
    }
    fn suspend(&self) {}
    fn resume(&self) {}
}
