import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.LogManager;
import org.apache.catalina.startup.Tomcat;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The ssespec adapter for SseEmitter of spring-webmvc, on Tomcat.
 *
 * <p>SseEmitter writes when called, so each session has a thread for its calls.
 */
public final class Adapter {
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);

    /** Runs between serve and close. */
    private record Session(long number, Set<SseEmitter> streams, Set<String> stopped, ExecutorService calls) {
        Session(long number) {
            this(number, ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet(),
                Executors.newSingleThreadExecutor(calls -> {
                    var thread = new Thread(calls);
                    thread.setDaemon(true);
                    return thread;
                }));
        }
    }

    private static final Map<String, Session> SESSIONS = new ConcurrentHashMap<>(); // by the path, until they are closed

    @EnableWebMvc
    @RestController
    public static class Events implements WebMvcConfigurer {
        @Override
        public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
            builder.withStringConverter(new StringHttpMessageConverter(UTF_8)); // as Spring Boot does; ISO-8859-1 by default
        }

        @GetMapping("/{path}")
        ResponseEntity<SseEmitter> open(@PathVariable("path") String path,
                @RequestHeader(name = "Last-Event-ID", defaultValue = "") String lastEventId) {
            var session = SESSIONS.get(path);
            if (session == null) {
                return ResponseEntity.notFound().build();
            } else if (!session.stopped.isEmpty()) {
                return ResponseEntity.noContent().build();
            }
            var stream = new SseEmitter(0L); // without a timeout; that of Tomcat is 30 s
            stream.onCompletion(() -> {
                if (session.streams.remove(stream)) {
                    say(session, "disconnected", Map.of());
                }
            });
            session.streams.add(stream);
            say(session, "connected", Map.of("lastEventId", lastEventId));
            return ResponseEntity.ok(stream);
        }
    }

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        var context = new AnnotationConfigWebApplicationContext();
        context.register(Events.class);
        var tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        var root = tomcat.addContext("", null);
        var servlet = Tomcat.addServlet(root, "dispatcher", new DispatcherServlet(context));
        servlet.setAsyncSupported(true);
        servlet.setLoadOnStartup(1);
        root.addServletMappingDecoded("/", "dispatcher");
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.start();
        tell(Map.of("hello", Map.of("protocol", 1, "role", "server", "name", "spring-webmvc-server",
            "version", SseEmitter.class.getPackage().getImplementationVersion(), "language", "Java", "sessions", 64, "capabilities",
            List.of("event-type", "event-id", "comments", "retry", "end", "disconnects", "no-content"))));
        var orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line; (line = orders.readLine()) != null;) {
            obey(JsonParser.parseString(line).getAsJsonObject(), "http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
        }
        Runtime.getRuntime().halt(0);
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
            session.calls.execute(() -> emit(session, order.getAsJsonObject("emit")));
        } else if (order.has("end")) {
            session.calls.execute(() -> end(session));
        } else if (order.has("stop")) {
            session.stopped.add(path);
            say(session, "stopped", Map.of());
        } else if (order.has("close")) {
            session.calls.execute(() -> end(session));
            session.calls.shutdown();
            synchronized (OUT) { // so that nothing follows `closed`
                say(session, "closed", Map.of());
                SESSIONS.remove(path);
            }
        }
    }

    private static void emit(Session session, JsonObject emit) {
        try {
            for (var stream : session.streams) {
                var event = SseEmitter.event();
                emit.entrySet().forEach(field -> {
                    switch (field.getKey()) {
                        case "type" -> event.name(field.getValue().getAsString());
                        case "id" -> event.id(field.getValue().getAsString());
                        case "retry" -> event.reconnectTime(field.getValue().getAsLong());
                        case "comment" -> event.comment(field.getValue().getAsString());
                        default -> event.data(field.getValue().getAsString(), MediaType.TEXT_PLAIN);
                    }
                });
                try {
                    stream.send(event);
                } catch (IOException | IllegalStateException left) {
                    continue; // onCompletion says it
                }
            }
            say(session, "emitted", Map.of());
        } catch (IllegalArgumentException refusal) {
            say(session, "refused", Map.of("message", refusal.toString()));
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
