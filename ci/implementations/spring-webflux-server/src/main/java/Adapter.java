import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The ssespec adapter for the server-sent events of spring-webflux (ServerSentEvent), on Reactor Netty. */
final class Adapter {
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);

    /** Runs between serve and close. */
    private record Session(long number, Set<FluxSink<ServerSentEvent<String>>> streams, Set<String> stopped) {
        Session(long number) {
            this(number, ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
        }
    }

    private static final Map<String, Session> SESSIONS = new ConcurrentHashMap<>(); // by the path, until they are closed

    public static void main(String[] arguments) throws IOException {
        var route = RouterFunctions.route().GET("/{session}", Adapter::open).build();
        var handler = new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(route));
        var server = HttpServer.create().host("127.0.0.1").port(0).handle(handler).bindNow();
        tell(Map.of("hello", Map.of("protocol", 1, "role", "server", "name", "spring-webflux-server",
            "version", ServerResponse.class.getPackage().getImplementationVersion(), "language", "Java", "sessions", 64, "capabilities",
            List.of("event-type", "event-id", "comments", "retry", "end", "disconnects", "no-content"))));
        var orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line; (line = orders.readLine()) != null;) {
            obey(JsonParser.parseString(line).getAsJsonObject(), "http://127.0.0.1:" + server.port() + "/");
        }
        Runtime.getRuntime().halt(0);
    }

    private static Mono<ServerResponse> open(ServerRequest request) {
        var session = SESSIONS.get(request.pathVariable("session"));
        if (session == null) {
            return ServerResponse.notFound().build();
        } else if (!session.stopped.isEmpty()) {
            return ServerResponse.noContent().build();
        }
        var lastEventId = request.headers().firstHeader("Last-Event-ID");
        Flux<ServerSentEvent<String>> events = Flux.create(stream -> {
            stream.onCancel(() -> {
                if (session.streams.remove(stream)) {
                    say(session, "disconnected", Map.of());
                }
            });
            session.streams.add(stream);
            say(session, "connected", Map.of("lastEventId", lastEventId == null ? "" : lastEventId));
        });
        return ServerResponse.ok().body(BodyInserters.fromServerSentEvents(events));
    }

    private static void obey(JsonObject order, String url) {
        var path = order.get("session").getAsString();
        var session = SESSIONS.get(path);
        if (order.has("serve")) {
            SESSIONS.put(path, new Session(order.get("session").getAsLong()));
            say(SESSIONS.get(path), "serving", Map.of("url", url + path));
        } else if (session == null) {
            return; // it is closed
        } else if (order.has("emit")) {
            emit(session, order.getAsJsonObject("emit"));
        } else if (order.has("end")) {
            end(session);
        } else if (order.has("stop")) {
            session.stopped.add(path);
            say(session, "stopped", Map.of());
        } else if (order.has("close")) {
            end(session);
            synchronized (OUT) { // so that nothing follows `closed`
                say(session, "closed", Map.of());
                SESSIONS.remove(path);
            }
        }
    }

    private static void emit(Session session, JsonObject emit) {
        try {
            var event = ServerSentEvent.<String>builder();
            emit.entrySet().forEach(field -> {
                switch (field.getKey()) {
                    case "type" -> event.event(field.getValue().getAsString());
                    case "id" -> event.id(field.getValue().getAsString());
                    case "retry" -> event.retry(Duration.ofMillis(field.getValue().getAsLong()));
                    case "comment" -> event.comment(field.getValue().getAsString());
                    default -> event.data(field.getValue().getAsString());
                }
            });
            var built = event.build();
            session.streams.forEach(stream -> stream.next(built));
            say(session, "emitted", Map.of());
        } catch (IllegalArgumentException refusal) {
            say(session, "refused", Map.of("message", refusal.getMessage()));
        }
    }

    /** A stream that is no longer in the set has not left on its own. */
    private static void end(Session session) {
        for (var stream : session.streams) {
            session.streams.remove(stream);
            stream.complete();
        }
    }

    private static void say(Session session, String kind, Object content) {
        synchronized (OUT) {
            if (SESSIONS.get(Long.toString(session.number)) == session) {
                tell(Map.of("session", session.number, kind, content));
            }
        }
    }

    private static void tell(Object message) {
        synchronized (OUT) {
            OUT.println(new Gson().toJson(message));
        }
    }
}
