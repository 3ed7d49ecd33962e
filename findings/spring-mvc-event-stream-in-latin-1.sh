#!/bin/sh
# spring-webmvc 7.0.10 with tomcat-embed-core 11.0.27 (Maven Central), without Spring Boot; Java 17.
#
# A string that SseEmitter sends is encoded in ISO-8859-1 if the application has @EnableWebMvc and the converters that this registers.
# An event stream is always UTF-8, and the response names no charset, so clients replace each letter outside of ASCII by U+FFFD. A
# StringHttpMessageConverter(UTF_8) among the converters prevents it.
#
# Seen: text/event-stream -> data:\xe9
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>0</version>
  <dependencies>
    <dependency>
      <groupId>org.springframework</groupId>
      <artifactId>spring-webmvc</artifactId>
      <version>7.0.10</version>
    </dependency>
    <dependency>
      <groupId>org.apache.tomcat.embed</groupId>
      <artifactId>tomcat-embed-core</artifactId>
      <version>11.0.27</version>
    </dependency>
  </dependencies>
</project>
XML
mvn --batch-mode --quiet --strict-checksums org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib

cat > Server.java <<'JAVA'
import org.apache.catalina.startup.Tomcat;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

public class Server {
    @EnableWebMvc
    @RestController
    public static class Events {
        @GetMapping("/")
        SseEmitter events() throws Exception {
            var emitter = new SseEmitter();
            emitter.send("\u00e9");
            emitter.complete();
            return emitter;
        }
    }

    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        var context = new AnnotationConfigWebApplicationContext();
        context.register(Events.class);
        var tomcat = new Tomcat();
        tomcat.setBaseDir("tomcat");
        tomcat.setPort(0);
        var root = tomcat.addContext("", null);
        Tomcat.addServlet(root, "dispatcher", new DispatcherServlet(context)).setAsyncSupported(true);
        root.addServletMappingDecoded("/", "dispatcher");
        tomcat.start();
        System.out.println(tomcat.getConnector().getLocalPort());
        Thread.currentThread().join();
    }
}
JAVA
mkdir classes
javac -cp 'lib/*' -d classes Server.java
java -cp 'classes:lib/*' Server > port &
server=$!
until [ -s port ]; do kill -0 "$server"; sleep 0.1; done
python3 - "$(cat port)" > seen <<'PY'
import sys, urllib.request

with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/") as response:
    print(response.headers["Content-Type"], "->", str(response.read().strip())[2:-1])
PY
cat seen
grep -qxF 'text/event-stream -> data:\xe9' seen
