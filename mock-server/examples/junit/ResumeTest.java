import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResumeTest {
  @RegisterExtension
  final MockServer server = new MockServer("drop-and-resume.toml");

  /** The application: reads this many events, and reconnects after the last one that it has. */
  static List<String> read(String url, int count) throws Exception {
    List<String> events = new ArrayList<>();
    String[] fields = {"0", "", "0"}; // the last event's ID, and the next event's data and ID
    while (events.size() < count) {
      var request = HttpRequest.newBuilder(URI.create(url)).header("Last-Event-ID", fields[0]).build();
      try (var lines = HttpClient.newHttpClient().send(request, BodyHandlers.ofLines()).body()) {
        lines.takeWhile(line -> {
          if (line.startsWith("id: ")) fields[2] = line.substring(4);
          if (line.startsWith("data: ")) fields[1] = line.substring(6);
          if (line.isEmpty() && events.add(fields[1])) fields[0] = fields[2];
          return events.size() < count;
        }).forEach(line -> { });
      } catch (java.io.UncheckedIOException lost) {
        // Reconnect.
      }
    }
    return events;
  }

  @Test
  void resumesAfterADroppedConnection() throws Exception {
    assertEquals(List.of("first", "second"), read(server.url("stream"), 2));
  }
}
