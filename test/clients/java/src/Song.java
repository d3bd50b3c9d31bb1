import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.enhanced.dynamodb.extensions.annotations.DynamoDbVersionAttribute;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbBean;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSecondaryPartitionKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSecondarySortKey;
import software.amazon.awssdk.enhanced.dynamodb.mapper.annotations.DynamoDbSortKey;

/** What an application stores: the keys, and an attribute of each type. */
@DynamoDbBean
public class Song {
    private String artist;
    private String title;
    private String genre;
    private Integer year;
    private Double rating;
    private Boolean live;
    private SdkBytes cover;
    private Instant added;
    private Set<String> tags;
    private Set<Integer> charts;
    private List<Part> parts;
    private Map<String, String> links;
    private Integer version;

    public Song() {
    }

    public Song(String artist, String title, String genre, Integer year) {
        this.artist = artist;
        this.title = title;
        this.genre = genre;
        this.year = year;
    }

    @DynamoDbPartitionKey
    public String getArtist() {
        return artist;
    }

    public void setArtist(String artist) {
        this.artist = artist;
    }

    @DynamoDbSortKey
    public String getTitle() {
        return title;
    }

    public void setTitle(String title) {
        this.title = title;
    }

    @DynamoDbSecondaryPartitionKey(indexNames = "ByGenre")
    public String getGenre() {
        return genre;
    }

    public void setGenre(String genre) {
        this.genre = genre;
    }

    @DynamoDbSecondarySortKey(indexNames = "ByGenre")
    public Integer getYear() {
        return year;
    }

    public void setYear(Integer year) {
        this.year = year;
    }

    public Double getRating() {
        return rating;
    }

    public void setRating(Double rating) {
        this.rating = rating;
    }

    public Boolean getLive() {
        return live;
    }

    public void setLive(Boolean live) {
        this.live = live;
    }

    public SdkBytes getCover() {
        return cover;
    }

    public void setCover(SdkBytes cover) {
        this.cover = cover;
    }

    public Instant getAdded() {
        return added;
    }

    public void setAdded(Instant added) {
        this.added = added;
    }

    public Set<String> getTags() {
        return tags;
    }

    public void setTags(Set<String> tags) {
        this.tags = tags;
    }

    public Set<Integer> getCharts() {
        return charts;
    }

    public void setCharts(Set<Integer> charts) {
        this.charts = charts;
    }

    public List<Part> getParts() {
        return parts;
    }

    public void setParts(List<Part> parts) {
        this.parts = parts;
    }

    public Map<String, String> getLinks() {
        return links;
    }

    public void setLinks(Map<String, String> links) {
        this.links = links;
    }

    /** Counted by the SDK, which makes every write conditional on it. */
    @DynamoDbVersionAttribute
    public Integer getVersion() {
        return version;
    }

    public void setVersion(Integer version) {
        this.version = version;
    }

    /** Whether all but the version is the same. */
    @Override
    public boolean equals(Object object) {
        return object instanceof Song && fields().equals(((Song) object).fields());
    }

    @Override
    public int hashCode() {
        return fields().hashCode();
    }

    @Override
    public String toString() {
        return fields().toString() + " version " + version;
    }

    private List<Object> fields() {
        return Arrays.asList(artist, title, genre, year, rating, live, cover, added, tags, charts,
            parts, links);
    }

    @DynamoDbBean
    public static class Part {
        private String name;
        private Integer seconds;

        public Part() {
        }

        public Part(String name, Integer seconds) {
            this.name = name;
            this.seconds = seconds;
        }

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public Integer getSeconds() {
            return seconds;
        }

        public void setSeconds(Integer seconds) {
            this.seconds = seconds;
        }

        @Override
        public boolean equals(Object object) {
            return object instanceof Part && Objects.equals(name, ((Part) object).name)
                && Objects.equals(seconds, ((Part) object).seconds);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, seconds);
        }

        @Override
        public String toString() {
            return name + " " + seconds;
        }
    }
}
