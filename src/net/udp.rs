//! Takes a UDP socket; gives it buffers for bursts.

use socket2::SockRef;

/// The buffers that are requested from the system, in bytes. Linux counts a small datagram as 768 bytes, so its
/// default of 208 KiB holds 277.
const BUFFER: usize = 1 << 20;

/// Requests large buffers. If the system refuses, its default is enough for most.
pub fn enlarge_buffers<'s>(socket: impl Into<SockRef<'s>>) {
    let socket = socket.into();
    if socket.recv_buffer_size().is_ok_and(|size| size < BUFFER) {
        let _ = socket.set_recv_buffer_size(BUFFER);
    }
    if socket.send_buffer_size().is_ok_and(|size| size < BUFFER) {
        let _ = socket.set_send_buffer_size(BUFFER);
    }
}
