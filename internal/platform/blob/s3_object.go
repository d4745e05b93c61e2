package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// s3Object reads a blob from where it was sought to. A body that breaks off or stalls is
// asked for again from there, so a reader sees whole bytes or an error, never a short file.
type s3Object struct {
	ctx   context.Context // of the request that opened it, as for http.Request
	store *S3
	info  Info

	at     int64 // where the next Read begins
	etag   string
	body   io.ReadCloser
	cancel context.CancelFunc
	idle   *time.Timer
	tries  int // since the last byte that came
}

func (o *s3Object) Info() Info { return o.info }

func (o *s3Object) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if o.at >= o.info.Size {
			return 0, io.EOF
		}
		if o.body == nil {
			if err := o.request(); err != nil {
				return 0, err
			}
		}
		o.idle.Reset(readIdle)
		n, err := o.body.Read(p)
		o.idle.Stop() // a slow reader is no reason to break off
		o.at += int64(n)
		if n > 0 {
			o.tries = 0
			return n, nil
		}
		if err == nil {
			continue
		}
		o.stop() // broken, or ended before the size that it should have
		o.tries++
		if o.tries >= s3Attempts || o.ctx.Err() != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, o.store.fault("read a file from S3", err)
		}
	}
}

func (o *s3Object) request() error {
	ctx, cancel := context.WithCancel(o.ctx)
	header := map[string]string{}
	if o.at > 0 {
		header["Range"] = fmt.Sprintf("bytes=%d-", o.at)
	}
	if o.etag != "" {
		header["If-Match"] = o.etag // the rest of the same bytes, or an error
	}
	got, err := o.store.client.do(ctx, s3Request{method: http.MethodGet, key: o.store.key(o.info.Key), header: header})
	if err != nil {
		cancel()
		return o.store.fault("read a file from S3", err)
	}
	if o.at > 0 && !strings.HasPrefix(got.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", o.at)) {
		cancel()
		got.Body.Close()
		return o.store.fault("read a file from S3", errors.New("the server does not know ranges"))
	}
	o.etag = got.Header.Get("ETag")
	o.body, o.cancel = got.Body, cancel
	o.idle = time.AfterFunc(readIdle, cancel)
	return nil
}

func (o *s3Object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.at
	case io.SeekEnd:
		offset += o.info.Size
	}
	if offset < 0 {
		return o.at, errors.New("seek before the beginning of a file")
	}
	if offset != o.at {
		o.stop()
		o.at = offset
	}
	return offset, nil
}

func (o *s3Object) Close() error {
	o.stop()
	return nil
}

func (o *s3Object) stop() {
	if o.body == nil {
		return
	}
	o.idle.Stop()
	o.cancel()
	o.body.Close()
	o.body = nil
}
