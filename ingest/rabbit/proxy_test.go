package rabbit_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// proxy stands between a client and a server, and cuts what goes through it.
type proxy struct {
	target   string
	listener net.Listener
	over     sync.WaitGroup

	mu    sync.Mutex
	links []net.Conn
}

// newProxy listens on an address of its own until the test ends.
func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: target, listener: listener}
	p.over.Go(p.serve)
	t.Cleanup(func() {
		listener.Close()
		p.cut()
		p.over.Wait()
	})
	return p
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.links = append(p.links, client, server)
		p.mu.Unlock()
		p.over.Go(func() { pass(client, server) })
		p.over.Go(func() { pass(server, client) })
	}
}

// pass copies until one end is gone, and then takes the other along.
func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
}

// cut ends every link at once, with whatever is under way on it. New ones may come.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, link := range p.links {
		if tcp, ok := link.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not a farewell
		}
		link.Close()
	}
	p.links = nil
}
