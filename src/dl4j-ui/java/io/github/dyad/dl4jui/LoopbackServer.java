package io.github.dyad.dl4jui;

import io.github.dyad.InputException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.deeplearning4j.ui.VertxUIServer;

/**
 * Deeplearning4j's UI on 127.0.0.1. The UI itself listens on every interface and has no option for
 * it, so the Vert.x that it is given is wrapped, and its {@code listen(port)} gets a host.
 */
public final class LoopbackServer extends VertxUIServer {
  private static final String HOST = "127.0.0.1";
  private static final long START_SECONDS = 60;

  /** For Vert.x, which makes the verticle. */
  public LoopbackServer() {}

  /**
   * @throws InputException when the port is in use
   */
  static VertxUIServer start(int port) {
    System.setProperty("org.deeplearning4j.ui.port", String.valueOf(port));
    Vertx vertx = Vertx.vertx();
    CompletableFuture<String> started = new CompletableFuture<>();
    vertx.deployVerticle(
        new LoopbackServer(),
        result -> {
          if (result.succeeded()) {
            started.complete(result.result());
          } else {
            started.completeExceptionally(result.cause());
          }
        });
    try {
      started.get(START_SECONDS, TimeUnit.SECONDS);
      return VertxUIServer.getInstance();
    } catch (ExecutionException | TimeoutException e) {
      vertx.close(); // its threads would keep the JVM alive
      throw new InputException("--ui dl4j: port " + port + " cannot be used: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      vertx.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void init(Vertx given, Context context) {
    super.init(given, context);
    this.vertx =
        wrapped(
            Vertx.class,
            given,
            (method, arguments) -> {
              Object result = method.invoke(given, arguments);
              return method.getName().equals("createHttpServer")
                  ? onLoopback((HttpServer) result)
                  : result;
            });
  }

  private static HttpServer onLoopback(HttpServer server) {
    HttpServer[] self = new HttpServer[1];
    self[0] =
        wrapped(
            HttpServer.class,
            server,
            (method, arguments) -> {
              if (method.getName().equals("listen")
                  && arguments != null
                  && arguments.length == 2
                  && arguments[0] instanceof Integer port) {
                return listen(server, port, arguments[1]);
              }
              Object result = method.invoke(server, arguments);
              return result == server ? self[0] : result;
            });
    return self[0];
  }

  @SuppressWarnings("unchecked") // the second parameter of listen(int, Handler)
  private static HttpServer listen(HttpServer server, int port, Object handler) {
    return server.listen(port, HOST, (Handler<AsyncResult<HttpServer>>) handler);
  }

  private interface Call {
    Object of(Method method, Object[] arguments) throws ReflectiveOperationException;
  }

  private static <T> T wrapped(Class<T> type, T target, Call call) {
    Set<Class<?>> interfaces = new LinkedHashSet<>();
    for (Class<?> c = target.getClass(); c != null; c = c.getSuperclass()) {
      for (Class<?> candidate : c.getInterfaces()) {
        if (Modifier.isPublic(candidate.getModifiers())) {
          interfaces.add(candidate);
        }
      }
    }
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            interfaces.toArray(Class<?>[]::new),
            (proxy, method, arguments) -> {
              try {
                return call.of(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
