// Serves MongoDB's protocol from a directory, for tests: FerretDB on SQLite, embedded.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	directory := flag.String("directory", "", "existing directory for the data (required)")
	stdin := flag.Bool("stdin", false, "end when standard input closes")
	flag.Parse()

	if err := serve(*listen, *directory, *stdin); err != nil {
		fmt.Fprintln(os.Stderr, "mongo-server:", err)
		os.Exit(1)
	}
}

// serve prints the server's URL once it listens, and runs until SIGTERM, SIGINT or the end of standard input.
func serve(listen, directory string, stdin bool) error {
	if directory == "" {
		return errors.New("-directory is required")
	}
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if stdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}

	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: listen},
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:  "sqlite",
		// FerretDB wants the slash at the end.
		SQLiteURL: (&url.URL{Scheme: "file", Path: absolute + "/"}).String(),
	})
	if err != nil {
		return err
	}
	// New has opened the listener, so that the address is known and connections are held from here on.
	fmt.Println(server.MongoDBURI())
	return server.Run(ctx)
}
