// Serves goproxy on 127.0.0.1:PORT, with user and password where they are given.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/elazarl/goproxy"
	"github.com/elazarl/goproxy/ext/auth"
)

func main() {
	proxy := goproxy.NewProxyHttpServer()
	if len(os.Args) > 3 {
		auth.ProxyBasic(proxy, "goproxy", func(user, password string) bool {
			return user == os.Args[2] && password == os.Args[3]
		})
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy))
}
