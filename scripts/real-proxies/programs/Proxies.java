// Serves one of the proxies of Maven Central on 127.0.0.1:PORT, with user and password where they are given.
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

public class Proxies {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    String login = args.length > 3 ? args[2] + ":" + args[3] : null;
    switch (args[0]) {
      case "littleproxy" -> littleProxy(port, login);
      case "jetty" -> jetty(port, login);
      case "wiremock" -> wireMock(port);
      case "mockserver" -> mockServer(args[1]);
      default -> throw new IllegalArgumentException(args[0]);
    }
    Thread.currentThread().join();
  }

  private static void littleProxy(int port, String login) {
    var proxy = org.littleshoot.proxy.impl.DefaultHttpProxyServer.bootstrap()
        .withAddress(new InetSocketAddress("127.0.0.1", port));
    if (login != null) {
      proxy.withProxyAuthenticator(new org.littleshoot.proxy.ProxyAuthenticator() {
        public boolean authenticate(String user, String password) {
          return login.equals(user + ":" + password);
        }

        public String getRealm() {
          return "littleproxy";
        }
      });
    }
    proxy.start();
  }

  private static void jetty(int port, String login) throws Exception {
    var server = new org.eclipse.jetty.server.Server(new InetSocketAddress("127.0.0.1", port));
    var handler = new org.eclipse.jetty.server.handler.ConnectHandler() {
      @Override
      protected boolean handleAuthentication(
          org.eclipse.jetty.server.Request request,
          org.eclipse.jetty.server.Response response,
          String address) {
        if (login == null) return true;
        var expected = "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        return expected.equals(request.getHeaders().get("Proxy-Authorization"));
      }
    };
    handler.setHandler(new org.eclipse.jetty.proxy.ProxyHandler.Forward());
    server.setHandler(handler);
    server.start();
  }

  private static void mockServer(String port) {
    System.setProperty("mockserver.localBoundIP", "127.0.0.1");
    org.mockserver.cli.Main.main("-serverPort", port);
  }

  private static void wireMock(int port) {
    var options = com.github.tomakehurst.wiremock.core.WireMockConfiguration.options()
        .bindAddress("127.0.0.1")
        .port(port)
        .enableBrowserProxying(true)
        .trustAllProxyTargets(true);
    new com.github.tomakehurst.wiremock.WireMockServer(options).start();
  }
}
