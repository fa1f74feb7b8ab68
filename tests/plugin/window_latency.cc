// SPDX-License-Identifier: GPL-3.0-or-later
// How long a window takes to answer: pings it (_NET_WM_PING, which GTK answers from its main loop) every few
// milliseconds and prints the longest time to an answer. Usage: window-latency WINDOW-ID SECONDS
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

void send_ping(Display* display, Window window, Atom ping, long serial) {
  XEvent event = {};
  event.xclient.type = ClientMessage;
  event.xclient.window = window;
  event.xclient.message_type = XInternAtom(display, "WM_PROTOCOLS", False);
  event.xclient.format = 32;
  event.xclient.data.l[0] = static_cast<long>(ping);
  event.xclient.data.l[1] = serial;
  event.xclient.data.l[2] = static_cast<long>(window);
  XSendEvent(display, window, False, NoEventMask, &event);
  XFlush(display);
}

/// Waits for the pong of `serial`; false when the window stays silent for ten seconds.
bool await_pong(Display* display, Atom ping, long serial) {
  const auto begin = Clock::now();
  while (milliseconds_since(begin) < 10000) {
    while (XPending(display)) {
      XEvent event;
      XNextEvent(display, &event);
      if (event.type == ClientMessage && event.xclient.data.l[0] == static_cast<long>(ping) &&
          event.xclient.data.l[1] == serial)
        return true;
    }
    pollfd connection = {ConnectionNumber(display), POLLIN, 0};
    poll(&connection, 1, 100);
  }
  return false;
}

int ignore_error(Display*, XErrorEvent*) { return 0; }  // the window may be closed meanwhile

}  // namespace

int main(int argc, char** argv) {
  Display* display = XOpenDisplay(nullptr);
  if (argc != 3 || !display) return 2;
  XSetErrorHandler(ignore_error);
  const auto window = static_cast<Window>(std::strtoul(argv[1], nullptr, 0));
  const double limit = std::atof(argv[2]) * 1000;
  const Atom ping = XInternAtom(display, "_NET_WM_PING", False);
  XSelectInput(display, DefaultRootWindow(display), SubstructureNotifyMask);

  double longest = 0;
  long pings = 0;
  for (const auto begin = Clock::now(); milliseconds_since(begin) < limit;) {
    const auto sent = Clock::now();
    send_ping(display, window, ping, ++pings);
    if (!await_pong(display, ping, pings)) return 1;
    longest = std::max(longest, milliseconds_since(sent));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  std::printf("longest %.0f ms of %ld answers\n", longest, pings);
  return 0;
}
