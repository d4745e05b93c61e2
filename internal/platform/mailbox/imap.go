package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Security is how a connection to an IMAP server is encrypted.
const (
	ImplicitTLS = "tls"      // port 993
	StartTLS    = "starttls" // port 143
	NoTLS       = "none"     // only to a server on this machine
)

// Box is a mailbox elsewhere that nobody else reads: every mail in it that is not marked as
// read is taken.
type Box struct {
	Address  string // host:port
	Security string
	User     string
	Password string
	Folder   string      // that mail arrives in, "INBOX"
	Done     string      // that mail is moved to when it is stored; empty: it stays, marked as read
	TLS      *tls.Config // nil: the system's authorities
	Largest  int64       // bytes of a mail; of larger ones only the header is taken
	Means    Means
	Log      *slog.Logger
}

const (
	pollInterval = time.Minute
	pollPatience = 10 * time.Minute
	mostInPoll   = 500
)

// Run looks into the mailbox every minute until the context ends. Trouble is logged, not returned:
// the mail waits where it is.
func (b Box) Run(ctx context.Context) {
	for {
		if taken, err := b.Poll(ctx); err != nil && ctx.Err() == nil {
			b.Log.Warn("read the mailbox", "server", b.Address, "error", err)
		} else if taken > 0 {
			b.Log.Info("mail taken out of the mailbox", "mails", taken)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollInterval):
		}
	}
}

// Check signs in and opens the folder, and says what does not work.
func (b Box) Check(ctx context.Context) error {
	return b.session(ctx, func(*imapclient.Client) error { return nil })
}

// Poll takes what is new. A mail that cannot be kept stays unread and does not hold up the others.
func (b Box) Poll(ctx context.Context) (taken int, err error) {
	err = b.session(ctx, func(c *imapclient.Client) error {
		found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
		if err != nil {
			return fmt.Errorf("look for new mail: %w", err)
		}
		uids := found.AllUIDs()
		if len(uids) > mostInPoll {
			uids = uids[:mostInPoll]
		}
		var troubles []error
		for _, uid := range uids {
			if err := b.take(ctx, c, uid); err != nil {
				troubles = append(troubles, err)
				if ctx.Err() != nil || len(troubles) > 20 {
					break
				}
				continue
			}
			taken++
		}
		return errors.Join(troubles...)
	})
	return taken, err
}

func (b Box) session(ctx context.Context, use func(*imapclient.Client) error) error {
	c, err := b.dial(ctx)
	if err != nil {
		return fmt.Errorf("reach %s: %w", b.Address, err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, pollPatience)
	defer cancel()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if err := c.Login(b.User, b.Password).Wait(); err != nil {
		return fmt.Errorf("sign in as %s: %w", b.User, err)
	}
	if _, err := c.Select(b.Folder, nil).Wait(); err != nil {
		return fmt.Errorf("open the folder %s: %w", b.Folder, err)
	}
	if err := use(c); err != nil {
		return err
	}
	if err := c.Logout().Wait(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

func (b Box) dial(ctx context.Context) (*imapclient.Client, error) {
	dialer := &net.Dialer{Timeout: 30 * time.Second}
	host, _, err := net.SplitHostPort(b.Address)
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if b.TLS != nil {
		secure = b.TLS.Clone()
	}
	secure.ServerName = host
	conn, err := dialer.DialContext(ctx, "tcp", b.Address)
	if err != nil {
		return nil, err
	}
	options := &imapclient.Options{TLSConfig: secure}
	switch b.Security {
	case StartTLS:
		return imapclient.NewStartTLS(conn, options)
	case NoTLS:
		if address, ok := conn.RemoteAddr().(*net.TCPAddr); !ok || !address.IP.IsLoopback() {
			conn.Close()
			return nil, errors.New("without TLS only a server on this machine is read")
		}
		return imapclient.New(conn, options), nil
	}
	encrypted := tls.Client(conn, secure)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return imapclient.New(encrypted, options), nil
}

// take stores one mail and then marks it.
func (b Box) take(ctx context.Context, c *imapclient.Client, uid imap.UID) error {
	mail := Arrived{Boxed: true}
	size, err := b.size(c, uid)
	if err != nil {
		return err
	}
	part := &imap.FetchItemBodySection{Peek: true}
	if mail.Cut = size > b.Largest; mail.Cut {
		part.Specifier = imap.PartSpecifierHeader
	}
	if mail.Raw, err = b.fetch(c, uid, part); err != nil {
		return err
	}
	if len(mail.Raw) == 0 {
		return nil // gone meanwhile
	}
	if err := b.Means.Keep(ctx, mail); err != nil {
		return fmt.Errorf("keep mail %d: %w", uid, err)
	}
	return b.mark(c, uid)
}

func (b Box) size(c *imapclient.Client, uid imap.UID) (int64, error) {
	list, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return 0, fmt.Errorf("ask for the size of mail %d: %w", uid, err)
	}
	if len(list) == 0 {
		return 0, nil
	}
	return list[0].RFC822Size, nil
}

// fetch reads a mail without marking it, and no more of it than Largest, whatever the server says.
func (b Box) fetch(c *imapclient.Client, uid imap.UID, part *imap.FetchItemBodySection) (raw []byte, err error) {
	fetching := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{part}})
	for message := fetching.Next(); message != nil; message = fetching.Next() {
		for item := message.Next(); item != nil; item = message.Next() {
			section, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || section.Literal == nil || raw != nil {
				continue
			}
			if raw, err = io.ReadAll(io.LimitReader(section.Literal, b.Largest+1)); err != nil {
				fetching.Close()
				return nil, fmt.Errorf("fetch mail %d: %w", uid, err)
			}
		}
	}
	if err := fetching.Close(); err != nil {
		return nil, fmt.Errorf("fetch mail %d: %w", uid, err)
	}
	if int64(len(raw)) > b.Largest {
		return nil, fmt.Errorf("mail %d is larger than the server said", uid)
	}
	return raw, nil
}

func (b Box) mark(c *imapclient.Client, uid imap.UID) error {
	set := imap.UIDSetNum(uid)
	if err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(); err != nil {
		return fmt.Errorf("mark mail %d as read: %w", uid, err)
	}
	if b.Done == "" {
		return nil
	}
	if _, err := c.Move(set, b.Done).Wait(); err != nil {
		return fmt.Errorf("move mail %d to %s: %w", uid, b.Done, err)
	}
	return nil
}
