package cli

import (
	"log/slog"
	"net"
	"os"
)

// tellSystemd says how far the program is (sd_notify(3)) when systemd has started it with
// Type=notify; otherwise it does nothing.
func tellSystemd(log *slog.Logger, state string) {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	connection, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		log.Warn("systemd cannot be told", "state", state, "error", err)
		return
	}
	defer connection.Close()
	if _, err := connection.Write([]byte(state)); err != nil {
		log.Warn("systemd cannot be told", "state", state, "error", err)
	}
}
